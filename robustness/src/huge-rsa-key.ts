import { concat, fromHex } from '@ts-libp2p/bytes'
import type { PublicKey } from '@ts-libp2p/interface'

const RSA_ENCRYPTION = fromHex('300d06092a864886f70d0101010500')

/** An RSA public key of any size, or with any exponent. Nobody has its private half. */
export function hugeRsaKey(bits: number, exponent: Uint8Array = Uint8Array.of(1, 0, 1)): PublicKey {
  const modulus = new Uint8Array(bits / 8 + 1).fill(0xff)
  modulus[0] = 0
  const numbers = element(0x30, element(0x02, modulus), element(0x02, exponent))
  const raw = element(0x30, RSA_ENCRYPTION, element(0x03, Uint8Array.of(0), numbers))
  return { type: 'RSA', raw } as unknown as PublicKey
}

function element(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const body = concat(contents)
  const { byteLength } = body
  const length = byteLength < 0x80 ? [byteLength] : [0x82, byteLength >>> 8, byteLength & 0xff]
  return concat([Uint8Array.of(tag, ...length), body])
}

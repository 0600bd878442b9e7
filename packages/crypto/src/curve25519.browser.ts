import { concat, fromHex } from '@ts-libp2p/bytes'
import { fromBase64Url } from './base64-url.ts'

/** PKCS#8 (RFC 8410) up to the 32 bytes of the private key. */
const PKCS8_PREFIX = {
  Ed25519: /* @__PURE__ */ fromHex('302e020100300506032b657004220420'),
  X25519: /* @__PURE__ */ fromHex('302e020100300506032b656e04220420')
}

/** WebCrypto is faster than JavaScript by far, and takes no download; noble is loaded where it does not know the curve. */
export const noble = (): Promise<typeof import('./curve25519.noble.ts')> => import('./curve25519.noble.ts')

/** `raw` has 32 bytes. */
export function importPrivate(
  subtle: SubtleCrypto,
  algorithm: 'Ed25519' | 'X25519',
  raw: Uint8Array,
  extractable: boolean
): Promise<CryptoKey> {
  const usage = algorithm === 'Ed25519' ? 'sign' : 'deriveBits'
  return subtle.importKey('pkcs8', concat([PKCS8_PREFIX[algorithm], raw]), algorithm, extractable, [usage])
}

/** Of an extractable private key. */
export async function publicOf(subtle: SubtleCrypto, key: CryptoKey): Promise<Uint8Array> {
  return fromBase64Url((await subtle.exportKey('jwk', key)).x)
}

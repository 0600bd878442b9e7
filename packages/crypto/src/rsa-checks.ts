import { toHex } from '@ts-libp2p/bytes'
import { CryptoError } from './errors.ts'
import { MAX_RSA_BITS, MAX_RSA_EXPONENT, MIN_RSA_BITS } from './limits.ts'
import type { RsaPublic } from './rsa-der.ts'

/** Throws a `CryptoError` unless the modulus is of an accepted size and the exponent is odd, above 1 and not huge. */
export function assertPublic({ n, e }: RsaPublic): void {
  const bits = n.byteLength === 0 ? 0 : n.byteLength * 8 - Math.clz32(n[0] as number) + 24
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
    throw new CryptoError(
      'unsupported-key',
      `an RSA key of ${bits} bits: ${MIN_RSA_BITS} to ${MAX_RSA_BITS} are accepted`
    )
  }
  const exponent = e.byteLength > 4 ? Number.POSITIVE_INFINITY : Number(toNumber(e))
  if (exponent < 3 || exponent % 2 === 0 || exponent > MAX_RSA_EXPONENT) {
    throw new CryptoError('invalid-key', 'an RSA public exponent is even, below 3 or beyond 2^31 - 1')
  }
}

/** Of big-endian bytes. */
export function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`)
}

import { CryptoError } from './errors.ts'
import { toNumber } from './rsa-checks.ts'
import type { RsaPrivate } from './rsa-pkcs1.ts'

/**
 * Throws a `CryptoError` (`invalid-key`) unless the numbers of a private key belong together. A wrong CRT value would
 * make one signature give the primes away.
 */
export function assertConsistent(key: RsaPrivate): void {
  const [n, e, d, p, q] = [key.n, key.e, key.d, key.p, key.q].map(toNumber) as [bigint, bigint, bigint, bigint, bigint]
  const isConsistent =
    p > 1n &&
    q > 1n &&
    p * q === n &&
    (d * e) % (p - 1n) === 1n &&
    (d * e) % (q - 1n) === 1n &&
    toNumber(key.dp) === d % (p - 1n) &&
    toNumber(key.dq) === d % (q - 1n) &&
    (toNumber(key.qi) * q) % p === 1n
  if (!isConsistent) throw new CryptoError('invalid-key', 'the numbers of an RSA private key do not belong together')
}

import { toHex } from '@ts-libp2p/bytes'

/** `y² = x³ + ax + b` over the integers below the prime `p`. Source: SEC 2. */
export interface Curve {
  readonly p: bigint
  readonly a: bigint
  readonly b: bigint
}

export const SECP256K1: Curve = { p: 2n ** 256n - 2n ** 32n - 977n, a: 0n, b: 7n }

/** Whether this x, in the compressed form of a point, is that of a point: whether there is a root. */
export function hasPoint({ p, a, b }: Curve, x: Uint8Array): boolean {
  const value = toNumber(x)
  if (value >= p) return false
  const square = (value ** 3n + a * value + b) % p
  return square === 0n || power(square, (p - 1n) / 2n, p) === 1n
}

export function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

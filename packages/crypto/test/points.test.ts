import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifier as ecdsaVerifier } from '../src/ecdsa.browser.ts'
import { verifier } from '../src/secp256k1.browser.ts'

const isAccepted = (read: () => unknown): boolean => {
  try {
    read()
    return true
  } catch (err) {
    expect(err).toMatchObject({ name: 'CryptoError', code: 'invalid-key' })
    return false
  }
}
const isPointOf = (curve: typeof secp256k1 | typeof p256, raw: Uint8Array): boolean => {
  try {
    curve.Point.fromBytes(raw)
    return true
  } catch {
    return false
  }
}

describe('browsers know a point from none before the curve is loaded, as noble does', () => {
  it('on secp256k1, compressed', () => {
    const raws = fc.tuple(fc.constantFrom(2, 3, 3, 4, 0), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    fc.assert(
      fc.property(raws, ([prefix, x]) => {
        const raw = Uint8Array.of(prefix, ...x)
        expect(isAccepted(() => verifier(raw))).toBe(isPointOf(secp256k1, raw))
      })
    )
  })

  it('on P-256, uncompressed, whole or with a bit changed', () => {
    const scalars = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(scalar => scalar.with(0, 1))
    fc.assert(
      fc.property(scalars, fc.option(fc.nat(63)), (scalar, at) => {
        const point = p256.getPublicKey(scalar, false)
        if (at !== null) point[at + 1] = (point[at + 1] as number) ^ 1
        expect(isAccepted(() => ecdsaVerifier('P-256', point))).toBe(isPointOf(p256, point))
      })
    )
  })
})

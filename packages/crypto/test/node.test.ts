import { describe, expect, it } from 'vitest'
import { generateKeyPair } from '../src/index.ts'
import { backendTests } from './suite/index.ts'

describe('on node:crypto', () => {
  backendTests()

  it.each(['Ed25519', 'secp256k1', 'ECDSA', 'RSA'] as const)('signs and verifies with %s at once', async type => {
    const key = await generateKeyPair(type)
    const signature = key.sign(Uint8Array.of(1))
    expect(signature).toBeInstanceOf(Uint8Array)
    expect(key.publicKey.verify(Uint8Array.of(1), signature as Uint8Array)).toBe(true)
  })
})

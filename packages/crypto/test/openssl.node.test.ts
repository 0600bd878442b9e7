import { describe, expect, it } from 'vitest'
import { createAead, generateKeyPair } from '../src/index.ts'
import { opensslKeyTests } from './suite/openssl-keys.ts'

const sealed = (): Uint8Array[] => [0, 12, 300].map(size => createAead(KEY).seal(1, new Uint8Array(size)))
const KEY = new Uint8Array(32).fill(7)

// The first cipher has WebAssembly loaded, and does without until then.
const before = sealed()
await import('../src/wasm-aead.ts')

describe('on node:crypto', () => {
  it('seals with OpenSSL alone as with WebAssembly', () => {
    expect(sealed()).toEqual(before)
    for (const message of sealed())
      expect(createAead(KEY).open(1, message)).toEqual(new Uint8Array(message.length - 16))
  })

  opensslKeyTests()

  it.each(['Ed25519', 'secp256k1', 'ECDSA', 'RSA'] as const)('signs and verifies with %s at once', async type => {
    const key = await generateKeyPair(type)
    const signature = key.sign(Uint8Array.of(1))
    expect(signature).toBeInstanceOf(Uint8Array)
    expect(key.publicKey.verify(Uint8Array.of(1), signature as Uint8Array)).toBe(true)
  })
})

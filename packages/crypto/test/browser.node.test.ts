import { describe, expect, it, vi } from 'vitest'
import { generateKeyPair, privateKeyToProtobuf, readPrivateKey } from '../src/index.ts'
import { backendTests } from './suite/index.ts'
import { opensslKeyTests } from './suite/openssl-keys.ts'

// What a bundler does for browsers, by the `imports` of package.json. Where Node has one module for two, so has the mock.
vi.mock('#aead', () => import('../src/aead.browser.ts'))
vi.mock('#ecdsa', async () => ({
  ...(await import('../src/ecdsa.browser.ts')),
  ...(await import('../src/ecdsa-secret.browser.ts'))
}))
vi.mock('#ed25519', async () => ({
  ...(await import('../src/ed25519.browser.ts')),
  ...(await import('../src/ed25519-secret.browser.ts'))
}))
vi.mock('#hash', () => import('../src/hash.browser.ts'))
vi.mock('#hashed-key', () => import('../src/hashed-key.browser.ts'))
vi.mock('#key-cid', () => import('../src/key-cid.browser.ts'))
vi.mock('#rsa', async () => ({
  ...(await import('../src/rsa.browser.ts')),
  ...(await import('../src/rsa-secret.browser.ts'))
}))
vi.mock('#secp256k1', async () => ({
  ...(await import('../src/secp256k1.browser.ts')),
  ...(await import('../src/secp256k1-secret.browser.ts'))
}))
vi.mock('#x25519', () => import('../src/x25519.browser.ts'))

describe('on noble and WebCrypto', () => {
  it('is given the modules of browsers', async () => {
    expect((await import('#aead')).createCipher).toBe((await import('../src/aead.browser.ts')).createCipher)
    expect((await import('#ecdsa')).verifier).toBe((await import('../src/ecdsa.browser.ts')).verifier)
    expect((await import('#ed25519')).verifier).toBe((await import('../src/ed25519.browser.ts')).verifier)
    expect((await import('#hash')).sha256).toBe((await import('../src/hash.browser.ts')).sha256)
    expect((await import('#hashed-key')).hashedKey).toBe((await import('../src/hashed-key.browser.ts')).hashedKey)
    expect((await import('#key-cid')).keyCid).toBe((await import('../src/key-cid.browser.ts')).keyCid)
    expect((await import('#rsa')).verifier).toBe((await import('../src/rsa.browser.ts')).verifier)
    expect((await import('#secp256k1')).verifier).toBe((await import('../src/secp256k1.browser.ts')).verifier)
    expect((await import('#x25519')).agreement).toBe((await import('../src/x25519.browser.ts')).agreement)
  })

  backendTests()
  opensslKeyTests()

  it('needs WebCrypto for RSA only, and says so where it is missing', async () => {
    const key = await generateKeyPair('RSA')
    expect(key.sign(Uint8Array.of(1))).toBeInstanceOf(Promise)
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
    try {
      const unavailable = expect.objectContaining({ name: 'CryptoError', code: 'unavailable' })
      await expect(generateKeyPair('RSA')).rejects.toThrow(unavailable)
      await expect(key.sign(Uint8Array.of(1))).rejects.toThrow(unavailable)
      for (const type of ['Ed25519', 'secp256k1', 'ECDSA'] as const) {
        const other = await generateKeyPair(type)
        expect(await readPrivateKey(privateKeyToProtobuf(other))).toMatchObject({ type })
        expect(await other.publicKey.verify(Uint8Array.of(1), await other.sign(Uint8Array.of(1)))).toBe(true)
      }
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

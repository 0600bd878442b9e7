import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { privateKeyFromRaw, publicKeyFromRaw } from '../../src/index.ts'

const unsupported = expect.objectContaining({ name: 'CryptoError', code: 'unsupported-key' })

/** Keys that OpenSSL makes and WebCrypto does not. */
export function opensslKeyTests(): void {
  it('refuses a small RSA private key', () => {
    const encoding = { type: 'pkcs1', format: 'der' } as const
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 1024,
      publicKeyEncoding: encoding,
      privateKeyEncoding: encoding
    })
    expect(() => privateKeyFromRaw(new Uint8Array(privateKey))).toThrow(unsupported)
  })

  it.each(['P-384', 'P-521'] as const)('reads keys on %s and verifies', async namedCurve => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve,
      privateKeyEncoding: { type: 'sec1', format: 'der' },
      publicKeyEncoding: { type: 'spki', format: 'der' }
    })
    const key = privateKeyFromRaw(new Uint8Array(privateKey))
    const open = publicKeyFromRaw(new Uint8Array(publicKey))
    expect(key.publicKey.equals(open)).toBe(true)
    expect(await open.verify(Uint8Array.of(1), await key.sign(Uint8Array.of(1)))).toBe(true)
    expect(await open.verify(Uint8Array.of(2), await key.sign(Uint8Array.of(1)))).toBe(false)
  })
}

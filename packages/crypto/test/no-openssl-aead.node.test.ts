import { describe, expect, it, vi } from 'vitest'
import { createCipher } from '../src/aead.node.ts'
import { aeadTests } from './suite/aead.ts'

// As under Bun, and with an OpenSSL built for FIPS.
vi.mock('node:crypto', async original => ({
  ...(await original<typeof import('node:crypto')>()),
  getCipherInfo: () => undefined,
  createCipheriv: () => {
    throw new Error('Unknown cipher')
  }
}))

describe('where node:crypto has no ChaCha20-Poly1305', () => {
  it('is given no such cipher', async () => {
    expect((await import('node:crypto')).getCipherInfo('chacha20-poly1305')).toBeUndefined()
    expect(createCipher(new Uint8Array(32)).seal(0, new Uint8Array(1000))).toHaveLength(1016)
  })

  aeadTests()
})

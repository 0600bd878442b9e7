import { x25519KeyPair } from '@ts-libp2p/crypto'
import { securityCompliance } from '@ts-libp2p/testing'
import { expect, it, vi } from 'vitest'
import { noise } from '../src/index.ts'

// Browsers agree on secrets, sign and verify behind promises: what a bundler gives them, here on Node's WebCrypto.
vi.mock('../../crypto/src/x25519.node.ts', () => import('../../crypto/src/x25519.browser.ts'))
vi.mock('../../crypto/src/ed25519.node.ts', async () => ({
  ...(await import('../../crypto/src/ed25519.browser.ts')),
  ...(await import('../../crypto/src/ed25519-secret.browser.ts'))
}))

it('waits for keys', () => {
  expect(x25519KeyPair()).toBeInstanceOf(Promise)
})

securityCompliance('noise on WebCrypto', { create: ({ privateKey }) => noise()({ privateKey }), authenticates: true })

import { securityCompliance } from '@ts-libp2p/testing'
import { createCertificate, tls } from '../src/index.ts'

// ECDSA signatures differ in length, and the suite cuts a handshake at the last byte of another one: with Ed25519 in the
// certificate all are of one length. P-256, the default, is cut in `channel.test.ts`.
securityCompliance('tls', {
  create: async ({ privateKey }) => {
    const certificate = await createCertificate(privateKey, { keyType: 'Ed25519' })
    return tls({ certificate })({ privateKey })
  },
  authenticates: true
})

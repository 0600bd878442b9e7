import { fromHex } from '@ts-libp2p/bytes'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { verifyCertificate } from '../src/verify.ts'
import vectors from './vectors/tls-certificates.json' with { type: 'json' }

const NOW = Date.UTC(2026, 0)
describe('v', () => {
  it.each(vectors.cases)('$id', async ({ certificate, valid, peer_id }) => {
    const r = await verifyCertificate(fromHex(certificate), NOW).then(
      k => peerIdFromPublicKey(k).toString(),
      e => e.message
    )
    console.log(r)
    if (valid) expect(r).toBe(peer_id)
  })
})

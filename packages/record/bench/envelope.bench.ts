import { generateKeyPair } from '@ts-libp2p/crypto'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { bench, describe } from 'vitest'
import { createPeerRecord, openPeerRecord, parseEnvelope } from '../src/index.ts'

const privateKey = await generateKeyPair('Ed25519')
const addresses = ['/ip4/127.0.0.1/tcp/4001', '/ip6/::1/tcp/4001', '/ip4/127.0.0.1/tcp/4002/ws'].map(multiaddr)
const bytes = (await createPeerRecord({ privateKey, addresses, seq: 1n })).marshal()

describe('peer record of three addresses in a signed envelope', () => {
  bench('sign', async () => {
    await createPeerRecord({ privateKey, addresses, seq: 1n })
  })
  bench('parse', () => void parseEnvelope(bytes))
  bench('parse and verify', async () => {
    await openPeerRecord(bytes)
  })
})

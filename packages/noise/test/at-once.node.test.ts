import { generateKeyPair } from '@ts-libp2p/crypto'
import { bareStream, settle } from '@ts-libp2p/testing'
import { expect, it } from 'vitest'
import { noise } from '../src/index.ts'
import { writesOf } from './dial.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])

// Node computes X25519 at once, browsers answer later.
it('message 1 of the first handshake leaves with what was queued before, in one write', async () => {
  const writes = await writesOf(noise()({ privateKey: alice }), 'proposal')
  expect(writes.map(w => w.byteLength)).toEqual([8 + 34])
})

it('message 2 follows in the call that brings message 1', async () => {
  const [near, far] = [bareStream(), bareStream()]
  void noise()({ privateKey: alice })
    .secureOutbound(near.stream)
    .catch(() => {})
  void noise()({ privateKey: bob })
    .secureInbound(far.stream)
    .catch(() => {})
  await settle()
  far.stream.receive(near.writes[0] as Uint8Array)
  expect(far.stream.writeBufferLength).toBe(202)
  for (const side of [near, far]) side.stream.abort(new Error('done'))
})

import { expect, it } from 'vitest'
import { openEnvelope } from '../src/index.ts'
import vectors from './vectors/peer-record-envelope.json' with { type: 'json' }

it('an envelope is the same when it comes as a Node Buffer', async () => {
  const generic = vectors.cases.find(({ id }) => id === 'generic') as { envelope: string }
  const envelope = await openEnvelope(Buffer.from(generic.envelope, 'hex'), 'libp2p-vectors')
  expect(envelope.payload.constructor).toBe(Uint8Array)
  expect(envelope.marshal().constructor).toBe(Uint8Array)
})

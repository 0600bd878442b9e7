import { openPeerRecord, parseEnvelope } from '@ts-libp2p/record'
import { signedRecords } from '../src/examples.ts'
import { must, type Target } from '../src/target.ts'

/** Signed envelopes with peer records: whatever is changed, the signature or the reader refuses it. */
export const target: Target = {
  name: 'envelope',
  maxBytes: 3000,
  seeds: signedRecords,
  async run(input) {
    parseEnvelope(input)
    const { peerId, envelope } = await openPeerRecord(input)
    must(
      (await envelope.validate('libp2p-peer-record')) || (await envelope.validate('libp2p-routing-state')),
      'opened, and not valid'
    )
    must(peerId.publicKey !== undefined, 'nobody signed it')
  }
}

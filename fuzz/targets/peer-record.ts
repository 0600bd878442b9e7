import { MAX_RECORD_ADDRESSES, PeerRecord, parseEnvelope } from '@ts-libp2p/record'
import { signedRecords } from '../src/examples.ts'
import { must, type Target } from '../src/target.ts'

/** The record inside an envelope: anybody can sign any bytes. */
export const target: Target = {
  name: 'peer-record',
  seeds: async () => (await signedRecords()).map(bytes => parseEnvelope(bytes).payload),
  run(input) {
    const record = PeerRecord.decode(input)
    must(record.multiaddrs.length <= MAX_RECORD_ADDRESSES, 'too many addresses')
    must(PeerRecord.decode(record.marshal()).equals(record), 'it changes when it is written')
  }
}

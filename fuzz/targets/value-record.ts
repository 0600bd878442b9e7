import { fromUtf8 } from '@ts-libp2p/bytes'
import { decodeValueRecord, encodeValueRecord } from '@ts-libp2p/record'
import { NOW_MS } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

/** Values as the DHT sends them. */
export const target: Target = {
  name: 'value-record',
  seeds: () => [
    encodeValueRecord({ key: fromUtf8('/ipns/x'), value: new Uint8Array(100), timeReceived: NOW_MS }),
    encodeValueRecord({ key: new Uint8Array(0), value: new Uint8Array(0) })
  ],
  run: input => void encodeValueRecord(decodeValueRecord(input))
}

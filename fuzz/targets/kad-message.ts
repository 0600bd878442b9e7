import { fromUtf8 } from '@ts-libp2p/bytes'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { encodeValueRecord } from '@ts-libp2p/record'
import { readRecord } from '../../packages/kad-dht/src/query/read-record.ts'
import { decodeMessage, encodeMessage, MessageType } from '../../packages/kad-dht/src/wire/message.ts'
import { identifiedPeer } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

const key = peerIdToBytes(identifiedPeer())
const record = encodeValueRecord({ key: fromUtf8('/ipns/x'), value: new Uint8Array(50) })

/** Requests and answers of the DHT. */
export const target: Target = {
  name: 'kad-message',
  seeds: () => [
    encodeMessage({ type: MessageType.FIND_NODE, key }),
    encodeMessage({ type: MessageType.PUT_VALUE, key, record }),
    encodeMessage({ type: MessageType.GET_PROVIDERS, key, closerPeers: [key, key], providerPeers: [key] })
  ],
  run(input) {
    const message = decodeMessage(input)
    if (message.record !== undefined) readRecord(message.record)
  }
}

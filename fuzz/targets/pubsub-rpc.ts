import { concat, encodeVarint, fromUtf8 } from '@ts-libp2p/bytes'
import { DECODE_RPC_LIMITS, decodeRpc } from '@ts-libp2p/pubsub'
import { parseMessage, TopicNames } from '../../packages/pubsub/src/wire-message.ts'
import type { Target } from '../src/target.ts'

const field = (number: number, bytes: Uint8Array): Uint8Array =>
  concat([encodeVarint(number * 8 + 2), encodeVarint(bytes.byteLength), bytes])
const topic = fromUtf8('news')
const message = concat([
  field(1, new Uint8Array(38)),
  field(2, fromUtf8('hello')),
  field(3, new Uint8Array(8)),
  field(4, topic),
  field(5, new Uint8Array(64))
])
const control = concat([
  field(1, concat([field(1, topic), field(2, new Uint8Array(20))])),
  field(2, field(1, new Uint8Array(20))),
  field(3, field(1, topic)),
  field(4, concat([field(1, topic), field(2, field(1, new Uint8Array(38)))])),
  field(5, field(1, new Uint8Array(20)))
])

/** What a peer of a topic sends, and the messages in it. */
export const target: Target = {
  name: 'pubsub-rpc',
  seeds: () => [
    concat([field(1, concat([Uint8Array.of(8, 1), field(2, topic)])), field(2, message), field(3, control)]),
    field(2, message),
    field(3, control)
  ],
  run(input) {
    const { messages } = decodeRpc(input, DECODE_RPC_LIMITS)
    for (const each of messages) parseMessage(each, new TopicNames())
  }
}

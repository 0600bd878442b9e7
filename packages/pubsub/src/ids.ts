import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf, sha256 } from '@ts-libp2p/crypto'
import type { PeerId } from '@ts-libp2p/interface'
import { PubsubError } from './errors.ts'
import type { Message, SignedMessage } from './message.ts'

/** The ids of the ecosystem's implementations, which differ: all nodes of a network must use the same. */
export const messageIds: Readonly<Record<'default' | 'ethereum' | 'jsLegacy' | 'rust', MsgIdFn>> = {
  default: defaultMsgId,
  ethereum: ethereumMsgId,
  jsLegacy: jsLegacyMsgId,
  rust: rustMsgId
}

/** A message id as the routers keep it: text with one character per byte, so that it can be a key. */
export type MessageId = string

export function idFromBytes(bytes: Uint8Array): MessageId {
  return binaryText(bytes)
}

export function idToBytes(id: MessageId): Uint8Array {
  const bytes = new Uint8Array(id.length)
  for (let i = 0; i < id.length; i++) bytes[i] = id.charCodeAt(i)
  return bytes
}

/** Characters that `fromCharCode` is given at once: more arguments than that overflow the stack. */
const MAX_ARGUMENTS = 4096

/** One character per byte: keys for maps, cheaper than hex. */
export function binaryText(bytes: Uint8Array): string {
  if (bytes.byteLength <= MAX_ARGUMENTS) return String.fromCharCode.apply(null, bytes as unknown as number[])
  let text = ''
  for (let at = 0; at < bytes.byteLength; at += MAX_ARGUMENTS) {
    text += binaryText(bytes.subarray(at, at + MAX_ARGUMENTS))
  }
  return text
}

/** Names a message. Two messages with one id are the same message to the network: every node must use the same function. */
export type MsgIdFn = (message: Message) => Uint8Array | Promise<Uint8Array>

/**
 * `from ‖ seqno`, as the spec and go-libp2p-pubsub have it. For unsigned messages, which have neither, the SHA-256 of
 * the data, as js-libp2p has it.
 */
export function defaultMsgId(message: Message): Uint8Array {
  if (message.type === 'unsigned') return sha256(message.data)
  return concat([message.from.toMultihash().bytes, seqnoBytes(message)])
}

/** The public key's protobuf ‖ seqno: what js-libp2p does with signed messages. */
export function jsLegacyMsgId(message: Message): Uint8Array {
  if (message.type === 'unsigned') return sha256(message.data)
  const key = (message.from as PeerId).publicKey ?? message.key
  return concat([publicKeyToProtobuf(key), seqnoBytes(message)])
}

/** base58 of the peer id, then the sequence number in decimal digits: what rust-libp2p does. */
export function rustMsgId(message: Message): Uint8Array {
  if (message.type === 'unsigned') throw new PubsubError('invalid-message', 'rust message ids need signed messages')
  return fromUtf8(`${message.from}${message.sequenceNumber}`)
}

const VALID_SNAPPY = Uint8Array.of(1, 0, 0, 0)
const ETHEREUM_ID_BYTES = 20

/**
 * The consensus layer's ids: the first 20 bytes of SHA-256 over a domain, the topic's length (8 bytes, little-endian),
 * the topic and the decompressed data, which a `dataTransform` has to provide. What does not decompress never gets here.
 * https://github.com/ethereum/consensus-specs/blob/master/specs/altair/p2p-interface.md
 */
export function ethereumMsgId({ topic, data }: Message): Uint8Array {
  const topicBytes = fromUtf8(topic)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setUint32(0, topicBytes.byteLength, true)
  return sha256(concat([VALID_SNAPPY, length, topicBytes, data])).slice(0, ETHEREUM_ID_BYTES)
}

function seqnoBytes({ sequenceNumber }: SignedMessage): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, sequenceNumber)
  return bytes
}

import type { PeerId, PublicKey } from '@ts-libp2p/interface'
import type { MessageId } from './ids.ts'
import type { WireMessage } from './wire-message.ts'

/** A message whose author signed it. */
export interface SignedMessage {
  type: 'signed'
  from: PeerId
  topic: string
  data: Uint8Array
  sequenceNumber: bigint
  signature: Uint8Array
  key: PublicKey
}

export interface UnsignedMessage {
  type: 'unsigned'
  topic: string
  data: Uint8Array
}

/** A message, as applications see it. */
export type Message = SignedMessage | UnsignedMessage

/** A message on its way through a router: what routers need to know, and what is sent to others. */
export interface PubsubMessage {
  readonly id: MessageId
  readonly topic: string
  /** Base58 of the author's peer id; undefined for unsigned messages. */
  readonly author: string | undefined
  /** Payload bytes on the wire. */
  readonly dataLength: number
  readonly wire: WireMessage
  /** A whole RPC with this message, its length before it: encoded once and sent to all. */
  readonly frame: Uint8Array
  /** What applications see. A copy: what is forwarded cannot be changed through it. */
  toMessage(): Message
}

/** Compresses and decompresses, for instance. Throws for what cannot be transformed. */
export interface DataTransform {
  /** From what peers sent to what the application gets. */
  inboundTransform(topic: string, data: Uint8Array): Uint8Array
  /** From what the application publishes to what is sent. */
  outboundTransform(topic: string, data: Uint8Array): Uint8Array
}

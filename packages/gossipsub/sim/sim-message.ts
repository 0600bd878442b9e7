import { idFromBytes, type Message, type MessageId, type PeerKey, type PubsubMessage } from '@ts-libp2p/pubsub'

/** Bytes of a frame beside the payload: lengths, topic, author, number and an Ed25519 signature. */
const FRAME_OVERHEAD_BYTES = 140

/** All payloads are views of it: they are counted, and nobody looks at them. */
const NO_DATA = new Uint8Array(2 * 1024 * 1024)

export interface SimMessageInit {
  readonly idBytes: Uint8Array
  readonly topic: string
  readonly bytes: number
  readonly author: PeerKey
  readonly publishedAt: number
  /** How many there may be to get it: nodes, and others after them. */
  readonly places: number
}

/** A message whose signature is taken for good, and who got it: one object in all nodes. */
export class SimMessage implements PubsubMessage {
  readonly id: MessageId
  readonly topic: string
  readonly author: PeerKey
  readonly dataLength: number
  readonly wire: PubsubMessage['wire']
  readonly frame: Uint8Array
  readonly publishedAt: number
  /** Copies that came to anybody. */
  copies = 0
  /** By index: who has got it. */
  private readonly got: Uint8Array

  constructor({ idBytes, topic, bytes, author, publishedAt, places }: SimMessageInit) {
    this.id = idFromBytes(idBytes)
    this.topic = topic
    this.author = author
    this.dataLength = bytes
    this.publishedAt = publishedAt
    this.frame = NO_DATA.subarray(0, bytes + FRAME_OVERHEAD_BYTES)
    this.wire = { topic, bytes: this.frame, signedLength: this.frame.byteLength }
    this.got = new Uint8Array(places)
  }

  /** False when that one had it before. */
  deliveredTo(index: number): boolean {
    const isFirst = this.got[index] === 0
    this.got[index] = 1
    return isFirst
  }

  wasDeliveredTo(index: number): boolean {
    return this.got[index] === 1
  }

  toMessage(): Message {
    return { type: 'unsigned', topic: this.topic, data: NO_DATA.subarray(0, this.dataLength) }
  }
}

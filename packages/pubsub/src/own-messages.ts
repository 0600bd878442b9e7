import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { Clock, PeerId, PrivateKey } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { isPromise } from '@ts-libp2p/stream'
import { PubsubError } from './errors.ts'
import type { DataTransform } from './message.ts'
import type { MessageReader } from './message-reader.ts'
import { type SignaturePolicy, StrictNoSign } from './policy.ts'
import type { RoutedMessage } from './routed-message.ts'
import { encodeMessage, signingInput, type WireMessage, withSignature } from './wire-message.ts'

export interface OwnMessagesInit {
  readonly policy: SignaturePolicy
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly clock: Clock
  readonly reader: MessageReader
  readonly dataTransform?: DataTransform
  readonly maxMessageSize: number
}

const IDENTITY_MULTIHASH = 0

/** Makes the messages that we publish. */
export class OwnMessages {
  private readonly init: OwnMessagesInit
  private readonly from: Uint8Array
  private readonly key: Uint8Array | undefined
  private seqno = 0n

  constructor(init: OwnMessagesInit) {
    this.init = init
    this.from = peerIdToBytes(init.peerId)
    // An id that holds its key says enough: go-libp2p-pubsub leaves the key out then, too.
    const holdsKey = this.from[0] === IDENTITY_MULTIHASH
    this.key = holdsKey ? undefined : publicKeyToProtobuf(init.privateKey.publicKey)
  }

  /** A promise only where the key, or the message id function, needs one. Throws, or rejects with, a `PubsubError`. */
  make(topic: string, data: Uint8Array): RoutedMessage | Promise<RoutedMessage> {
    const { policy, dataTransform } = this.init
    const sent = dataTransform === undefined ? data : transform(dataTransform, topic, data)
    if (policy === StrictNoSign) return this.finish(encodeMessage({ topic, data: sent }), data)
    const unsigned = encodeMessage({ topic, data: sent, from: this.from, seqno: this.nextSeqno() })
    const signature = this.init.privateKey.sign(signingInput(unsigned))
    const signed = (bytes: Uint8Array): WireMessage => withSignature(unsigned, { signature: bytes, key: this.key })
    if (!isPromise(signature)) return this.finish(signed(signature), data)
    return signature.then(bytes => this.finish(signed(bytes), data))
  }

  private finish(wire: WireMessage, data: Uint8Array): RoutedMessage | Promise<RoutedMessage> {
    const { reader, dataTransform, maxMessageSize } = this.init
    const message = reader.route(wire)
    // With a transform, what the application gets to see is not what is sent.
    if (dataTransform !== undefined) message.data = new Uint8Array(data)
    if (message.frame.byteLength > maxMessageSize) {
      throw new PubsubError('too-large', `a message of ${message.frame.byteLength} bytes, ${maxMessageSize} allowed`)
    }
    return message.authorLoaded()?.then(() => this.name(message)) ?? this.name(message)
  }

  private name(message: RoutedMessage): RoutedMessage | Promise<RoutedMessage> {
    const named = (id: string): RoutedMessage => Object.assign(message, { id })
    const id = this.init.reader.name(message)
    return isPromise(id) ? id.then(named) : named(id)
  }

  /** Begins with the nanoseconds since 1970, as go-libp2p-pubsub does, so that it grows over restarts too. */
  private nextSeqno(): Uint8Array {
    if (this.seqno === 0n) this.seqno = BigInt(Math.floor(this.init.clock.now())) * 1_000_000n
    this.seqno++
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, this.seqno)
    return bytes
  }
}

function transform(dataTransform: DataTransform, topic: string, data: Uint8Array): Uint8Array {
  try {
    return dataTransform.outboundTransform(topic, data)
  } catch (cause) {
    throw new PubsubError('invalid-message', `the data for ${topic} could not be transformed`, { cause })
  }
}

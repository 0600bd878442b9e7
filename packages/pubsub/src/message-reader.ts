import { sha256 } from '@ts-libp2p/crypto'
import { isPromise } from '@ts-libp2p/stream'
import { type Author, Authors } from './authors.ts'
import type { RejectReason } from './counters.ts'
import { PubsubError } from './errors.ts'
import { FastIds } from './fast-ids.ts'
import { binaryText, idFromBytes, type MessageId, type MsgIdFn } from './ids.ts'
import type { DataTransform } from './message.ts'
import { breaks, type SignaturePolicy } from './policy.ts'
import { RoutedMessage } from './routed-message.ts'
import { parseMessage, TopicNames, type WireMessage } from './wire-message.ts'

/** A quick name for a message as it is on the wire, of local use only: two different messages must not share one. */
export type FastMsgIdFn = (message: WireMessage) => string | number

export interface MessageReaderInit {
  readonly policy: SignaturePolicy
  /** Default: `from ‖ seqno`, or the SHA-256 of unsigned data. */
  readonly msgIdFn?: MsgIdFn
  readonly fastMsgIdFn?: FastMsgIdFn
  readonly dataTransform?: DataTransform
}

/** A message that is not one by the policy, or whose transform or id function failed. */
export interface Refused {
  readonly topic: string
  readonly reason: RejectReason
}

/** Reads messages and names them, and does no more for one than its name takes: most are copies of one seen before. */
export class MessageReader {
  private readonly init: MessageReaderInit
  private readonly authors = new Authors()
  private readonly names = new TopicNames()
  private readonly fastIds = new FastIds()

  constructor(init: MessageReaderInit) {
    this.init = init
  }

  /** Throws a `PubsubError` (`malformed`) for bytes that are no message. */
  read(bytes: Uint8Array): RoutedMessage | Refused | Promise<RoutedMessage | Refused> {
    const wire = parseMessage(bytes, this.names)
    const reason = breaks(this.init.policy, wire)
    if (reason !== undefined) return { topic: wire.topic, reason }
    const message = this.route(wire)
    const fastId = this.init.fastMsgIdFn?.(wire)
    const known = fastId === undefined ? undefined : this.fastIds.get(fastId)
    if (known !== undefined) return Object.assign(message, { id: known })
    return this.identify(message, fastId)
  }

  /** Throws a `PubsubError` (`invalid-message`) when the id function does. */
  name(message: RoutedMessage): MessageId | Promise<MessageId> {
    const { msgIdFn } = this.init
    if (msgIdFn === undefined) return defaultId(message.wire)
    try {
      const id = msgIdFn(message.toMessage())
      return isPromise(id) ? id.then(idFromBytes) : idFromBytes(id)
    } catch (cause) {
      throw new PubsubError('invalid-message', 'the message id function failed', { cause })
    }
  }

  route(wire: WireMessage): RoutedMessage {
    return new RoutedMessage(wire, this.findAuthor)
  }

  private identify(
    message: RoutedMessage,
    fastId: string | number | undefined
  ): RoutedMessage | Refused | Promise<RoutedMessage | Refused> {
    const refused: Refused = { topic: message.topic, reason: 'validation failed' }
    const named = (id: MessageId): RoutedMessage => {
      if (fastId !== undefined) this.fastIds.set(fastId, id)
      message.id = id
      return message
    }
    try {
      if (!this.prepare(message)) return { topic: message.topic, reason: 'invalid signature' }
      const id = this.name(message)
      return isPromise(id) ? id.then(named, () => refused) : named(id)
    } catch {
      return refused
    }
  }

  /** What a custom id function may look at: the author and the transformed data. False when there is no such author. */
  private prepare(message: RoutedMessage): boolean {
    const { dataTransform, msgIdFn } = this.init
    if (dataTransform !== undefined) {
      message.data = dataTransform.inboundTransform(message.topic, message.wire.data ?? new Uint8Array(0))
    }
    return msgIdFn === undefined || message.wire.from === undefined || message.signedBy !== undefined
  }

  private readonly findAuthor = ({ from, key }: WireMessage): Author | undefined => {
    return from === undefined ? undefined : this.authors.of(from, binaryText(from), key)
  }
}

function defaultId({ from, seqno, data }: WireMessage): MessageId {
  if (from === undefined || seqno === undefined) return idFromBytes(sha256(data ?? new Uint8Array(0)))
  return binaryText(from) + binaryText(seqno)
}

import { sha256 } from '@ts-libp2p/crypto'
import { isPromise } from '@ts-libp2p/stream'
import { Authors, type FoundAuthor } from './authors.ts'
import type { RejectReason } from './counters.ts'
import { PubsubError } from './errors.ts'
import { FastIds } from './fast-ids.ts'
import { binaryText, idFromBytes, type MessageId, type MsgIdFn } from './ids.ts'
import type { DataTransform } from './message.ts'
import { breaks, type SignaturePolicy, StrictSign } from './policy.ts'
import { RecentMessages } from './recent-messages.ts'
import { RoutedMessage } from './routed-message.ts'
import { FROM, MessageScanner, SEQNO, TopicNames, type WireMessage } from './wire-message.ts'

/** A quick name for a message as it is on the wire, of local use only: two different messages must not share one. */
export type FastMsgIdFn = (message: WireMessage) => string | number

export interface MessageReaderInit {
  readonly policy: SignaturePolicy
  /** Default: `from ‖ seqno`, or the SHA-256 of unsigned data. */
  readonly msgIdFn?: MsgIdFn
  readonly fastMsgIdFn?: FastMsgIdFn
  readonly dataTransform?: DataTransform
  /** Whether a message of that id and bytes is a copy of one that is known: it is not read any further then. */
  readonly recognises: (id: MessageId, bytes: Uint8Array) => boolean
}

/** A message that is not one by the policy, or whose transform or id function failed. */
export interface Refused {
  readonly topic: string
  readonly reason: RejectReason
}

/** A copy of a message that is known. */
interface Copy {
  readonly topic: string
  readonly copyOf: MessageId
}

export type Read = RoutedMessage | Refused | Copy

const NO_BYTES = new Uint8Array(0)

/** Reads messages and names them, and does no more for one than its name takes: most are copies of one seen before. */
export class MessageReader {
  private readonly init: MessageReaderInit
  private readonly scanner = new MessageScanner()
  private readonly authors = new Authors()
  private readonly names = new TopicNames()
  private readonly fastIds = new FastIds()
  private readonly recent = new RecentMessages()
  /** Names of signed messages are there to be read. Others take a hash, or what the application does. */
  private readonly hasReadableIds: boolean
  /** The name of a signed message is put together here. */
  private idBytes = new Uint8Array(0)

  constructor(init: MessageReaderInit) {
    this.init = init
    this.hasReadableIds = init.msgIdFn === undefined && init.policy === StrictSign
  }

  /** Throws a `PubsubError` (`malformed`) for bytes that are no message. */
  read(bytes: Uint8Array): Read | Promise<Read> {
    const { scanner, init } = this
    const copied = this.hasReadableIds ? undefined : this.recent.find(bytes)
    if (copied !== undefined && init.recognises(copied.id, bytes)) return { topic: copied.topic, copyOf: copied.id }
    scanner.scan(bytes)
    const reason = breaks(init.policy, scanner)
    if (reason !== undefined) return { topic: this.topic(), reason }
    const id = this.hasReadableIds ? this.signedId() : undefined
    if (id !== undefined && init.recognises(id, bytes)) return { topic: this.topic(), copyOf: id }
    const message = this.route(scanner.message(this.names))
    const read = (): Read | Promise<Read> => (id === undefined ? this.identify(message) : this.named(message, id))
    return message.authorLoaded()?.then(read) ?? read()
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
    return new RoutedMessage(wire, this.findAuthor, this.hasReadableIds ? undefined : this.remember)
  }

  private topic(): string {
    return this.scanner.topic(this.names)
  }

  /** `from ‖ seqno`, without making views of them. */
  private signedId(): MessageId {
    const { scanner } = this
    const length = scanner.length(FROM) + scanner.length(SEQNO)
    if (this.idBytes.byteLength !== length) this.idBytes = new Uint8Array(length)
    scanner.copy(SEQNO, this.idBytes, scanner.copy(FROM, this.idBytes, 0))
    return binaryText(this.idBytes)
  }

  private identify(message: RoutedMessage): Read | Promise<Read> {
    const fastId = this.init.fastMsgIdFn?.(message.wire)
    const known = fastId === undefined ? undefined : this.fastIds.get(fastId)
    if (known !== undefined && this.init.recognises(known, message.wire.bytes))
      return { topic: message.topic, copyOf: known }
    const refused: Refused = { topic: message.topic, reason: 'validation failed' }
    if (message.wire.from !== undefined && message.signedBy === undefined)
      return { ...refused, reason: 'invalid signature' }
    if (!this.transform(message)) return refused
    const withId = (id: MessageId): Read => {
      if (fastId !== undefined) this.fastIds.set(fastId, id)
      message.id = id
      return message
    }
    try {
      const id = this.name(message)
      return isPromise(id) ? id.then(withId, () => refused) : withId(id)
    } catch {
      return refused
    }
  }

  private named(message: RoutedMessage, id: MessageId): Read {
    message.id = id
    return this.transform(message) ? message : { topic: message.topic, reason: 'validation failed' }
  }

  /** False when it fails. */
  private transform(message: RoutedMessage): boolean {
    const { dataTransform } = this.init
    if (dataTransform === undefined) return true
    try {
      message.data = dataTransform.inboundTransform(message.topic, message.wire.data ?? NO_BYTES)
      return true
    } catch {
      return false
    }
  }

  private readonly remember = (message: RoutedMessage): void => this.recent.add(message)

  private readonly findAuthor = ({ from, key }: WireMessage): FoundAuthor => {
    return from === undefined ? undefined : this.authors.of(from, binaryText(from), key)
  }
}

function defaultId({ from, seqno, data }: WireMessage): MessageId {
  if (from === undefined || seqno === undefined) return idFromBytes(sha256(data ?? NO_BYTES))
  return binaryText(from) + binaryText(seqno)
}

import type { VerifierThread } from '@ts-libp2p/crypto'
import { isPromise } from '@ts-libp2p/stream'
import type { Author, FoundAuthor } from './authors.ts'
import type { MessageId } from './ids.ts'
import type { Message, PubsubMessage } from './message.ts'
import { frameMessage, signingInput, signingPieces, type WireMessage } from './wire-message.ts'

/** A message that is read, verified, delivered and passed on. What only some steps need is made by the first of them. */
export class RoutedMessage implements PubsubMessage {
  /** Set once it is known. */
  id: MessageId = ''
  /** The payload as applications see it, when a transform made one. */
  data: Uint8Array | undefined
  private fields: WireMessage
  private readonly findAuthor: (wire: WireMessage) => FoundAuthor
  private foundAuthor: FoundAuthor
  private readonly onEncoded: ((message: RoutedMessage) => void) | undefined
  private encoded: Uint8Array | undefined

  /** `onEncoded`: it is to be passed on, and has bytes of its own from now on. */
  constructor(
    wire: WireMessage,
    findAuthor: (wire: WireMessage) => FoundAuthor,
    onEncoded?: (message: RoutedMessage) => void
  ) {
    this.fields = wire
    this.findAuthor = findAuthor
    this.onEncoded = onEncoded
  }

  get wire(): WireMessage {
    return this.fields
  }

  get topic(): string {
    return this.fields.topic
  }

  get dataLength(): number {
    return this.fields.data?.byteLength ?? 0
  }

  get signedBy(): Author | undefined {
    if (this.fields.from === undefined) return undefined
    this.foundAuthor ??= this.findAuthor(this.fields)
    return isPromise(this.foundAuthor) ? undefined : this.foundAuthor
  }

  /** What to wait for before anybody is known to have signed it; undefined where that is nothing. */
  authorLoaded(): Promise<void> | undefined {
    if (this.signedBy !== undefined || !isPromise(this.foundAuthor)) return undefined
    return this.foundAuthor.then(author => {
      this.foundAuthor = author
    })
  }

  get author(): string | undefined {
    return this.signedBy?.text
  }

  get frame(): Uint8Array {
    return this.encoded ?? this.encode()
  }

  /** Whether the author signed it. True of an unsigned message, which the policy let pass. */
  verify(): boolean | Promise<boolean> {
    const { signature } = this.fields
    if (signature === undefined) return true
    return this.signedBy?.publicKey.verify(signingInput(this.fields), signature) ?? false
  }

  /** The same on another thread, which calls `answer` later. False: it does not take it, verify it here. */
  verifyOn(thread: VerifierThread, answer: (isValid: boolean) => void): boolean {
    const { signature } = this.fields
    const key = this.signedBy?.publicKey
    if (signature === undefined || key === undefined) return false
    return thread.take({ key, data: signingPieces(this.fields), signature }, answer)
  }

  toMessage(): Message {
    const { fields, signedBy, topic } = this
    const data = this.data ?? copyOf(fields.data)
    if (signedBy === undefined) return { type: 'unsigned', topic, data }
    return {
      ...{ type: 'signed', from: signedBy.peerId, topic, data, sequenceNumber: seqnoOf(fields) },
      ...{ signature: copyOf(fields.signature), key: signedBy.publicKey }
    }
  }

  private encode(): Uint8Array {
    const { frame, wire } = frameMessage(this.fields)
    this.encoded = frame
    this.fields = wire
    this.onEncoded?.(this)
    return frame
  }
}

/** Zero where there is none. */
function seqnoOf({ seqno }: WireMessage): bigint {
  if (seqno?.byteLength !== 8) return 0n
  return new DataView(seqno.buffer, seqno.byteOffset, 8).getBigUint64(0)
}

function copyOf(view: Uint8Array | undefined): Uint8Array {
  return view === undefined ? new Uint8Array(0) : new Uint8Array(view)
}

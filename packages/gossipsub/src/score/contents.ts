import { bytesEqual } from '@ts-libp2p/bytes'
import { sha256 } from '@ts-libp2p/crypto'
import type { MessageId, WireMessage } from '@ts-libp2p/pubsub'
import { MAX_CHECKED_TWINS } from '../limits.ts'

interface Content {
  /** While it is being judged. */
  message: WireMessage | undefined
  /** Once it was rejected. */
  digest: Uint8Array | undefined
  /** Twins whose signatures were checked. */
  checked: number
}

/**
 * What is in the messages whose copies may be held against their senders: those that are being judged, and those that were
 * rejected. Where the id leaves the content out, an author can sign two messages with one number, of which one is invalid.
 * Who brings the other one, its twin, did nothing wrong.
 */
export class Contents {
  private readonly byId = new Map<MessageId, Content>()

  get size(): number {
    return this.byId.size
  }

  /** A message is being judged. */
  add(id: MessageId, message: WireMessage): void {
    this.byId.set(id, { message, digest: undefined, checked: 0 })
  }

  /** It was rejected. */
  reject(id: MessageId): void {
    const content = this.byId.get(id)
    if (content?.message === undefined) return
    content.digest = sha256(signedPart(content.message))
    content.message = undefined
  }

  /** Copies of it are not held against anybody, or not any more. */
  forget(id: MessageId): void {
    if (this.byId.size > 0) this.byId.delete(id)
  }

  /** Whether a message with that id, known by its bytes, needs no closer look. Cheap: most messages are copies. */
  isSettled(id: MessageId, bytes: Uint8Array): boolean {
    const content = this.byId.size === 0 ? undefined : this.byId.get(id)
    return content === undefined || (content.message !== undefined && bytesEqual(content.message.bytes, bytes))
  }

  /** Whether it is another message than that with its id. Another signature, or key, does not make it one. */
  isTwin(id: MessageId, message: WireMessage): boolean {
    const content = this.byId.get(id)
    if (content === undefined) return false
    const part = signedPart(message)
    if (content.message !== undefined) return !bytesEqual(signedPart(content.message), part)
    return content.digest !== undefined && !bytesEqual(content.digest, sha256(part))
  }

  /** Whether the signature of another twin may be checked. To be asked once for each. */
  mayCheck(id: MessageId): boolean {
    const content = this.byId.get(id)
    return content !== undefined && content.checked++ < MAX_CHECKED_TWINS
  }
}

function signedPart({ bytes, signedLength }: WireMessage): Uint8Array {
  return bytes.subarray(0, signedLength)
}

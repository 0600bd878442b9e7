import { bytesEqual } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf, readPublicKey } from '@ts-libp2p/crypto'
import type { PeerId, PublicKey } from '@ts-libp2p/interface'
import { matchesPublicKey, peerIdFromBytes } from '@ts-libp2p/peer-id'
import { isPromise } from '@ts-libp2p/stream'
import { MAX_AUTHORS } from './limits.ts'

/** Who wrote a message, with the key to check that. */
export interface Author {
  readonly peerId: PeerId
  readonly publicKey: PublicKey
  /** The key's only protobuf form. */
  readonly keyBytes: Uint8Array
  /** Base58 of the peer id. */
  readonly text: string
}

/** Undefined where there is no such author; a promise where what their key needs must be loaded: RSA in browsers. */
export type FoundAuthor = Author | undefined | Promise<Author | undefined>

/** Keys of authors, ready for use: a few of them write most messages. */
export class Authors {
  private readonly known = new Map<string, Author>()

  /**
   * @param from the peer id's bytes, as in the message
   * @param name the same as binary text
   * @param key the message's key, needed where the id is only a hash of it
   * @returns undefined when there is no such author, or the key is not theirs
   */
  of(from: Uint8Array, name: string, key: Uint8Array | undefined): FoundAuthor {
    const known = this.known.get(name)
    if (known !== undefined) return key === undefined || bytesEqual(known.keyBytes, key) ? known : undefined
    const author = readAuthor(from, key)
    return isPromise(author) ? author.then(found => this.remember(name, found)) : this.remember(name, author)
  }

  private remember(name: string, author: Author | undefined): Author | undefined {
    if (author === undefined) return undefined
    const [oldest] = this.known.size >= MAX_AUTHORS ? this.known.keys() : []
    if (oldest !== undefined) this.known.delete(oldest)
    this.known.set(name, author)
    return author
  }
}

function readAuthor(from: Uint8Array, key: Uint8Array | undefined): FoundAuthor {
  try {
    const peerId = peerIdFromBytes(from)
    const publicKey = key === undefined ? peerId.publicKey : readPublicKey(key)
    if (!isPromise(publicKey)) return authorOf(peerId, publicKey)
    return publicKey.then(
      found => authorOf(peerId, found),
      () => undefined
    )
  } catch {
    // Bytes that are no peer id, or no key: there is no such author.
    return undefined
  }
}

function authorOf(peerId: PeerId, publicKey: PublicKey | undefined): Author | undefined {
  if (publicKey === undefined || !matchesPublicKey(peerId, publicKey)) return undefined
  return { peerId, publicKey, keyBytes: publicKeyToProtobuf(publicKey), text: peerId.toString() }
}

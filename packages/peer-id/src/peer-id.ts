import { bytesEqual, encodeBase58 } from '@ts-libp2p/bytes'
import { inlinedPublicKey, keyCid, keyDigest } from '@ts-libp2p/crypto'
import { isPeerId, type KeyType, type PeerId, type PublicKey, peerIdSymbol } from '@ts-libp2p/interface'
import type { CID } from 'multiformats/cid'
import type { MultihashDigest } from 'multiformats/hashes/interface'
import { PeerIdError } from './errors.ts'
import { HEADER_BYTES, isInlined, typeOfMultihash } from './multihash.ts'

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom')

/** What is known of an id besides its bytes, and so need not be worked out again. */
export interface Known {
  /** base58btc of the bytes. */
  readonly text?: string
  readonly publicKey?: PublicKey
}

/** `bytes` is a multihash, the callee's to keep. Throws a `PeerIdError` (`invalid-multihash`). */
export function createPeerId(bytes: Uint8Array, known: Known = NOTHING): PeerId {
  // One class has every member that the kinds of the contract's union ask for; `type` tells which it is.
  return new MultihashPeerId(bytes, known) as unknown as PeerId
}

/** The multihash of any peer id, ours or another package's. Do not change it. */
export function peerIdToBytes(id: PeerId): Uint8Array {
  return MultihashPeerId.bytesOf(id) ?? id.toMultihash().bytes
}

const NOTHING: Known = {}

class MultihashPeerId {
  /** A function of the bytes, so that equal ids have equal types: `RSA` stands for every key that is hashed. */
  readonly type: KeyType
  readonly #bytes: Uint8Array
  #publicKey: PublicKey | undefined
  #text: string | undefined
  #digest: MultihashDigest | undefined
  #cid: CID | undefined

  constructor(bytes: Uint8Array, known: Known) {
    this.type = typeOfMultihash(bytes)
    this.#bytes = bytes
    this.#text = known.text
    this.#publicKey = known.publicKey
  }

  static bytesOf(id: object): Uint8Array | undefined {
    return #bytes in id ? id.#bytes : undefined
  }

  get [peerIdSymbol](): true {
    return true
  }

  /**
   * The key, where the id holds it or was made from it. It is parsed when first asked for.
   * Throws a `PeerIdError` (`invalid-key`) if what the id holds is no key, which can be of secp256k1 ids only.
   */
  get publicKey(): PublicKey | undefined {
    if (this.#publicKey === undefined && isInlined(this.#bytes)) this.#publicKey = inlinedKey(this.#bytes)
    return this.#publicKey
  }

  toString(): string {
    this.#text ??= encodeBase58(this.#bytes)
    return this.#text
  }

  toJSON(): string {
    return this.toString()
  }

  toMultihash(): MultihashDigest {
    this.#digest ??= keyDigest(this.#bytes)
    return this.#digest
  }

  toCID(): CID {
    this.#cid ??= keyCid(this.toMultihash())
    return this.#cid
  }

  /** `other` may be a peer id of any package, base58btc text, or the bytes of a multihash. */
  equals(other?: unknown): boolean {
    if (other === this) return true
    if (typeof other === 'string') return other === this.toString()
    if (other instanceof Uint8Array) return bytesEqual(other, this.#bytes)
    return isPeerId(other) && bytesEqual(peerIdToBytes(other), this.#bytes)
  }

  [inspectSymbol](): string {
    return `PeerId(${this})`
  }
}

function inlinedKey(multihash: Uint8Array): PublicKey {
  try {
    return inlinedPublicKey(multihash.subarray(HEADER_BYTES))
  } catch (cause) {
    throw new PeerIdError('invalid-key', `peer id ${encodeBase58(multihash)} holds no public key`, { cause })
  }
}

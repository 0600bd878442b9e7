import { bytesEqual, concat, encodeBase58 } from '@ts-libp2p/bytes'
import type { AbortOptions, KeyType } from '@ts-libp2p/interface'
import type { CID } from 'multiformats/cid'
import type { MultihashDigest } from 'multiformats/hashes/interface'
import { sha256 } from '#hash'
import { keyCid } from '#key-cid'
import { type Data, toBytes } from './data.ts'
import { inspectAsText } from './inspect.ts'
import { encodeKey } from './key-protobuf.ts'
import { MAX_INLINE_KEY_BYTES } from './limits.ts'
import { keyDigest } from './multihash.ts'

const IDENTITY = 0x00
const SHA2_256 = 0x12

/** Whether `signature` over `data` is right. Never throws for a wrong one. */
export type Verifier = (data: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>

/** What the public keys of all types share. The factories of the types give it its verifier. */
export class VerifyingKey<Type extends KeyType, Hash extends number> {
  readonly type: Type
  readonly raw: Uint8Array
  readonly #verifier: Verifier
  #protobuf?: Uint8Array
  #digest?: MultihashDigest<Hash>
  #cid?: CID<unknown, 0x72, Hash, 1>
  #text?: string

  /** `raw` is the callee's to keep. */
  constructor(type: Type, raw: Uint8Array, verifier: Verifier) {
    this.type = type
    this.raw = raw
    this.#verifier = verifier
  }

  static {
    inspectAsText(VerifyingKey.prototype)
  }

  verify(data: Data, signature: Uint8Array, options?: AbortOptions): boolean | Promise<boolean> {
    options?.signal?.throwIfAborted()
    return this.#verifier(toBytes(data), signature)
  }

  /** True for any key, of this package or another, with the same type and bytes. */
  equals(key?: unknown): boolean {
    if (key === this) return true
    const { type, raw } = (key ?? {}) as { type?: unknown; raw?: unknown }
    return type === this.type && raw instanceof Uint8Array && bytesEqual(raw, this.raw)
  }

  /** The protobuf form: do not change it. */
  toProtobuf(): Uint8Array {
    this.#protobuf ??= encodeKey(this.type, this.raw)
    return this.#protobuf
  }

  toMultihash(): MultihashDigest<Hash> {
    this.#digest ??= keyDigest<Hash>(multihashOf(this.toProtobuf()))
    return this.#digest
  }

  toCID(): CID<unknown, 0x72, Hash, 1> {
    this.#cid ??= keyCid(this.toMultihash())
    return this.#cid
  }

  /** The text of the peer id: base58btc of the multihash. */
  toString(): string {
    this.#text ??= encodeBase58(this.toMultihash().bytes)
    return this.#text
  }
}

function multihashOf(protobuf: Uint8Array): Uint8Array {
  const isInlined = protobuf.byteLength <= MAX_INLINE_KEY_BYTES
  const digest = isInlined ? protobuf : sha256(protobuf)
  return concat([Uint8Array.of(isInlined ? IDENTITY : SHA2_256, digest.byteLength), digest])
}

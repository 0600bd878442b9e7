import { BASE32, bytesEqual, concat, EMPTY_BYTES, encodeBase } from '@ts-libp2p/bytes'
import type { CID } from 'multiformats/cid'
import type { LinkJSON, MultibaseEncoder, MultihashDigest } from 'multiformats/link'

const VERSION = 1
const LIBP2P_KEY = 0x72

/** The CIDv1 of a key. */
export function keyCid<Hash extends number>(digest: MultihashDigest<Hash>): CID<unknown, 0x72, Hash, 1> {
  return new KeyCid(digest)
}

/**
 * All that `CID` of multiformats has, which takes it for one of its own make: `CID.asCID(cid)`. That class brings
 * parsers for the CIDs of everything, 5 kB that a page with our peer ids alone does not need.
 */
class KeyCid<Hash extends number> implements CID<unknown, 0x72, Hash, 1> {
  readonly version = VERSION
  readonly code = LIBP2P_KEY
  readonly multihash: MultihashDigest<Hash>
  readonly bytes: Uint8Array<ArrayBuffer>
  /** How CIDs are told from other objects: https://github.com/multiformats/js-multiformats/issues/190 */
  readonly '/': Uint8Array<ArrayBuffer>

  constructor(multihash: MultihashDigest<Hash>) {
    this.multihash = multihash
    this.bytes = concat([Uint8Array.of(VERSION, LIBP2P_KEY), multihash.bytes])
    this['/'] = this.bytes
  }

  get [Symbol.toStringTag](): 'CID' {
    return 'CID'
  }

  get asCID(): this {
    return this
  }

  get byteOffset(): number {
    return this.bytes.byteOffset
  }

  get byteLength(): number {
    return this.bytes.byteLength
  }

  toV0(): never {
    throw new Error('Cannot convert a non dag-pb CID to CIDv0')
  }

  toV1(): this {
    return this
  }

  equals(other: unknown): other is CID<unknown, 0x72, Hash, 1> {
    const { version, code, multihash } = (other ?? {}) as Partial<CID>
    return (
      version === VERSION && code === LIBP2P_KEY && bytesEqual(multihash?.bytes ?? EMPTY_BYTES, this.multihash.bytes)
    )
  }

  toString(base?: MultibaseEncoder<string>): string {
    return base === undefined ? `b${encodeBase(this.bytes, BASE32)}` : base.encode(this.bytes)
  }

  toJSON(): LinkJSON<this> {
    return { '/': this.toString() }
  }

  link(): this {
    return this
  }
}

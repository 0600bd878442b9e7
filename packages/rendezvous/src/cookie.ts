import { bytesEqual, concat, fromUtf8, toHex } from '@ts-libp2p/bytes'
import { hmacSha256 } from '@ts-libp2p/crypto'
import type { PrivateKey } from '@ts-libp2p/interface'

const PURPOSE = fromUtf8('rendezvous cookie')
const POSITION_BYTES = 8
const MAC_BYTES = 16

/**
 * Cookies say how far into a namespace their owner has read. They carry a keyed hash, so that only those that were given
 * out come back, for the namespace they were given out for. The key hangs on the node's own: cookies stay good when a
 * server starts again.
 *
 * After eight bytes, the hash is text: to clients of rust-libp2p a cookie is eight bytes and UTF-8, whosever it is, and an
 * answer with another one is none.
 */
export class Cookies {
  readonly #key: Uint8Array

  constructor(privateKey: PrivateKey) {
    this.#key = hmacSha256(privateKey.raw, PURPOSE)
  }

  bake(ns: string, position: number): Uint8Array {
    const head = new Uint8Array(POSITION_BYTES)
    new DataView(head.buffer).setBigUint64(0, BigInt(position))
    return concat([head, this.mac(ns, head)])
  }

  /** The position, 0 for no cookie at all; undefined for one that is forged or of another namespace. */
  open(ns: string, cookie: Uint8Array): number | undefined {
    if (cookie.byteLength === 0) return 0
    const head = cookie.subarray(0, POSITION_BYTES)
    if (!bytesEqual(cookie.subarray(POSITION_BYTES), this.mac(ns, head))) return undefined
    return Number(new DataView(head.buffer, head.byteOffset, POSITION_BYTES).getBigUint64(0))
  }

  private mac(ns: string, head: Uint8Array): Uint8Array {
    return fromUtf8(toHex(hmacSha256(this.#key, concat([head, fromUtf8(ns)])).subarray(0, MAC_BYTES)))
  }
}

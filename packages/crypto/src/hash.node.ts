import { createHash, type Hash, hash } from 'node:crypto'
import { type Data, toBytes } from './data.ts'
import type { Sha256 } from './hash.ts'

/** 32 bytes. */
export function sha256(data: Data): Uint8Array {
  return plain(hash('sha256', toBytes(data), 'buffer'))
}

export function createSha256(): Sha256 {
  return new NativeSha256()
}

class NativeSha256 implements Sha256 {
  readonly #hash: Hash = createHash('sha256')

  update(data: Data): this {
    this.#hash.update(toBytes(data))
    return this
  }

  digest(): Uint8Array {
    return plain(this.#hash.digest())
  }
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

import { PerfError } from './errors.ts'
import { REQUEST_BYTES } from './limits.ts'

/** How many bytes the server shall send, as the client says it. */
export function encodeRequest(receiveBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(REQUEST_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(receiveBytes))
  return bytes
}

/** Gathers the request from the first bytes of a stream, however they are cut, and ignores what follows. */
export class RequestParser {
  private readonly bytes = new Uint8Array(REQUEST_BYTES)
  private filled = 0

  /** Throws a `PerfError` (`refused`) once it holds a number over 2^53 - 1 or over `maxBytes`. */
  push(chunk: Uint8Array, maxBytes: number): void {
    if (this.filled === REQUEST_BYTES) return
    const taken = chunk.subarray(0, REQUEST_BYTES - this.filled)
    this.bytes.set(taken, this.filled)
    this.filled += taken.byteLength
    if (this.filled < REQUEST_BYTES) return
    const limit = Math.min(maxBytes, Number.MAX_SAFE_INTEGER)
    if (this.number > limit) {
      throw new PerfError('refused', `the client asked for ${this.number} bytes, ${limit} are allowed`)
    }
  }

  /** What the client asked for, once its stream has ended. Throws a `PerfError` (`incomplete`). */
  receiveBytes(): number {
    if (this.filled === REQUEST_BYTES) return Number(this.number)
    throw new PerfError('incomplete', `the client ended its stream after ${this.filled} of ${REQUEST_BYTES} bytes`)
  }

  private get number(): bigint {
    return new DataView(this.bytes.buffer).getBigUint64(0)
  }
}

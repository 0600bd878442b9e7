import { BytesError } from './errors.ts'
import { MAX_MESSAGE_BYTES, MAX_VARINT_BYTES } from './limits.ts'
import { Rope } from './rope.ts'
import { readVarint, varintLength, writeVarint } from './varint.ts'

/** The message with its length before it, as an unsigned varint. */
export function lengthPrefixed(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = varintLength(message.byteLength)
  const out = new Uint8Array(header + message.byteLength)
  writeVarint(message.byteLength, out, 0)
  out.set(message, header)
  return out
}

/**
 * Cuts a flow of bytes, in chunks of any size, into length-prefixed messages.
 *
 * Throws a `BytesError` as soon as a length over the limit is seen, before anything is kept of that message; it cannot
 * be used afterwards. Messages are views of the chunk where they arrive whole.
 *
 * @example
 * const decoder = new LengthPrefixDecoder({ limitBytes: 4096 })
 * for (const message of decoder.push(chunk)) handle(message)
 */
export class LengthPrefixDecoder {
  private readonly pending = new Rope()
  private readonly limitBytes: number
  private wanted: number | undefined

  constructor(options: { limitBytes?: number } = {}) {
    this.limitBytes = options.limitBytes ?? MAX_MESSAGE_BYTES
  }

  /** Bytes kept of a message that has not arrived whole. */
  get bufferedBytes(): number {
    return this.pending.byteLength
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.pending.push(chunk)
    for (;;) {
      this.wanted ??= this.readLength()
      if (this.wanted === undefined || this.pending.byteLength < this.wanted) return
      const message = this.pending.take(this.wanted)
      this.wanted = undefined
      yield message
    }
  }

  private readLength(): number | undefined {
    const head = this.pending.peek(MAX_VARINT_BYTES)
    const read = readVarint(head, 0, head.byteLength)
    if (read === undefined) return undefined
    if (read.value > this.limitBytes) {
      throw new BytesError('too-large', `message of ${read.value} bytes is over the limit of ${this.limitBytes}`)
    }
    this.pending.take(read.next)
    return read.value
  }
}

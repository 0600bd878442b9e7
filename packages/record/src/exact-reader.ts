import protobuf from 'protobufjs/minimal.js'

/** A 64-bit number in two signed halves, as protobufjs writes it. */
export interface Halves {
  low: number
  high: number
}

/**
 * A protobuf reader that keeps all 64 bits of a uint64. The library's own does so only where it finds the `long`
 * package, which depends on the bundler, and rounds to a double elsewhere; a rounded sequence number would put records
 * in the wrong order, because go-libp2p counts nanoseconds.
 */
export class ExactReader extends protobuf.Reader {
  /** Returns `Halves`, whatever the library's types say. */
  override uint64(): never {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.nextByte()
      const bits = byte & 0x7f
      if (shift <= 28) low |= bits << shift
      if (shift === 28) high = bits >> 4
      if (shift > 28) high |= bits << (shift - 32)
      if (byte < 0x80) return { low, high } satisfies Halves as never
    }
    throw new RangeError('a varint of more than 10 bytes')
  }

  private nextByte(): number {
    if (this.pos >= this.len) throw new RangeError('a varint goes on past the end')
    return this.buf[this.pos++] as number
  }
}

export function toBigInt({ low, high }: Halves): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}

export function toHalves(value: bigint): Halves {
  return { low: Number(value & 0xffffffffn) | 0, high: Number(value >> 32n) | 0 }
}

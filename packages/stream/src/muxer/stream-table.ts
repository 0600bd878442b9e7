import type { ByteStream } from '../byte-stream.ts'

/** A stream as its muxer's core keeps it. */
export interface MuxedStream {
  readonly key: number
  readonly isInbound: boolean
  readonly stream: ByteStream
}

/** The live streams of a session, by key, counted by who opened them. */
export class StreamTable<Entry extends MuxedStream> {
  inbound = 0
  outbound = 0
  private readonly entries = new Map<number, Entry>()

  get size(): number {
    return this.entries.size
  }

  get streams(): ByteStream[] {
    return Array.from(this.entries.values(), entry => entry.stream)
  }

  get(key: number): Entry | undefined {
    return this.entries.get(key)
  }

  add(entry: Entry): void {
    this.entries.set(entry.key, entry)
    if (entry.isInbound) this.inbound++
    else this.outbound++
  }

  /** False when it was gone already. */
  delete(entry: Entry): boolean {
    if (!this.entries.delete(entry.key)) return false
    if (entry.isInbound) this.inbound--
    else this.outbound--
    return true
  }

  /** Empties the table; the streams are the caller's to end. */
  drain(): ByteStream[] {
    const streams = this.streams
    this.entries.clear()
    this.inbound = 0
    this.outbound = 0
    return streams
  }
}

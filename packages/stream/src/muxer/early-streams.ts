import type { ByteStream } from '../byte-stream.ts'
import { MAX_EARLY_STREAMS } from './limits.ts'

/** Inbound streams that arrived before anybody listened, in order. Those that end meanwhile are forgotten. */
export class EarlyStreams {
  private readonly limit: number
  private waiting: ByteStream[] = []

  constructor(limit: number = MAX_EARLY_STREAMS) {
    this.limit = limit
  }

  get size(): number {
    return this.waiting.length
  }

  /** False when there is no room. */
  push(stream: ByteStream): boolean {
    if (this.waiting.length >= this.limit) this.waiting = this.waiting.filter(isLive)
    if (this.waiting.length >= this.limit) return false
    this.waiting.push(stream)
    return true
  }

  shift(): ByteStream | undefined {
    this.waiting = this.waiting.filter(isLive)
    return this.waiting.shift()
  }

  clear(): void {
    this.waiting = []
  }
}

function isLive(stream: ByteStream): boolean {
  return stream.status === 'open' || stream.status === 'closing'
}

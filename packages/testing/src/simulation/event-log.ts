import { MAX_LOG_LINES } from './limits.ts'

/**
 * What happened, line by line, and a fingerprint of all of it. Deliveries are too many to be lines: they are in the
 * fingerprint only.
 */
export class EventLog {
  private readonly now: () => number
  private readonly maxLines: number
  private kept: string[] = []
  private high = 0x811c9dc5
  private low = 0xcbf29ce4
  /** Lines that were written so far. */
  count = 0

  /** `now` gives milliseconds since the beginning. */
  constructor(now: () => number, maxLines: number = MAX_LOG_LINES) {
    this.now = now
    this.maxLines = maxLines
  }

  /** The last lines, oldest first. */
  get lines(): readonly string[] {
    return this.kept
  }

  /** 16 hexadecimal digits that differ when anything went otherwise. */
  get fingerprint(): string {
    return hex(this.high) + hex(this.low)
  }

  write(text: string): void {
    const line = `${this.now().toFixed(3).padStart(12)} ${text}`
    this.count++
    this.kept.push(line)
    if (this.kept.length >= 2 * this.maxLines) this.kept = this.kept.slice(-this.maxLines)
    for (let i = 0; i < line.length; i++) this.mix(line.charCodeAt(i))
  }

  /** Adds what one host delivered to another: how much, and how it begins. */
  delivered(from: number, to: number, bytes: number, chunk?: Uint8Array): void {
    this.mix(this.now() * 1000)
    this.mix(from)
    this.mix(to)
    this.mix(bytes)
    if (chunk === undefined) return
    const looked = Math.min(bytes, FINGERPRINTED_BYTES)
    for (let i = 0; i < looked; i++) this.mix(chunk[i] as number)
  }

  /** FNV-1a, two of them with other beginnings, a 32-bit word at a time. */
  private mix(word: number): void {
    this.high = Math.imul(this.high ^ word, 0x01000193)
    this.low = Math.imul((this.low + (this.high >>> 15)) ^ word, 0x01000193)
  }
}

/** Of each delivery. The headers of what it carries are among them, and the length is too. */
const FINGERPRINTED_BYTES = 64

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

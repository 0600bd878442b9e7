import { type Clock, type MessageStreamDirection, StreamResetError } from '@ts-libp2p/interface'
import { type ByteStream, defer, type StreamOwner } from '@ts-libp2p/stream'
import { asInput } from '#turn'
import { TestingError } from './errors.ts'
import { MAX_BYTES_IN_FLIGHT } from './limits.ts'
import type { WireOptions } from './wire.ts'

/** Bytes pulled from a stream at once. One full yamux frame. */
const MAX_PASSAGE_BYTES: number = 64 * 1024

/** Pieces that arrive in one go before deferred work gets its turn: in turn 1, 2 and 3, so that both cases occur. */
const BURSTS = [1, 2, 3] as const

type Arrival = Uint8Array | 'end' | 'cut'

/** One end of a wire: takes what its stream sends, and feeds it what the far end sent. */
export class WireEnd implements StreamOwner {
  far!: WireEnd
  stream!: ByteStream
  sentBytes = 0
  /** Sent by this end and not delivered. */
  bytesInFlight = 0

  private readonly from: MessageStreamDirection
  private readonly options: WireOptions
  private readonly note: (from: MessageStreamDirection, bytes: number) => void
  private readonly cut: () => void
  private readonly inbox: Arrival[] = []
  private inboxHead = 0
  private isReading = true
  private isSendDue = false
  private isDeliveryDue = false
  private isSilenced = false
  private isLost = false
  private bursts = 0
  private lastArrivalMs = 0

  constructor(
    from: MessageStreamDirection,
    options: WireOptions,
    note: (from: MessageStreamDirection, bytes: number) => void,
    cut: () => void
  ) {
    if (options.latencyMs !== undefined && options.clock === undefined) {
      throw new TestingError('misuse', 'a wire with a latency needs a clock')
    }
    this.from = from
    this.options = options
    this.note = note
    this.cut = cut
  }

  queued(): void {
    if (this.isSendDue) return
    this.isSendDue = true
    defer(() => {
      this.isSendDue = false
      this.sendQueued()
    })
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.isReading = wanted
    if (wanted) this.scheduleDelivery()
  }

  aborted(_: ByteStream, err: Error): void {
    const reset = new StreamResetError(`the far side aborted: ${err.message}`, { cause: err })
    defer(() => this.later(() => this.far.lose(reset)))
  }

  ended(): void {}

  lose(err: Error): void {
    this.isLost = true
    this.dropInbox()
    this.stream.receiveReset(err)
  }

  private sendQueued(): void {
    while (this.bytesInFlight < MAX_BYTES_IN_FLIGHT && this.stream.hasQueued && !this.stream.isFinQueued) {
      const chunks: Uint8Array[] = []
      this.stream.pull(chunks, MAX_PASSAGE_BYTES)
      for (const chunk of chunks) this.dispatch(chunk)
    }
    if (!this.stream.isFinQueued) return
    this.stream.finSent()
    if (!this.isSilenced) this.later(() => this.far.arrive('end'))
  }

  private dispatch(chunk: Uint8Array): void {
    if (this.isSilenced) return
    const passage = { from: this.from, offset: this.sentBytes, bytes: chunk }
    const { bytes, then = undefined } = this.options.intercept?.(passage) ?? { bytes: chunk }
    this.sentBytes += chunk.byteLength
    this.note(this.from, bytes.byteLength)
    if (bytes.byteLength > 0) {
      this.bytesInFlight += bytes.byteLength
      this.later(() => this.far.arrive(bytes))
    }
    if (then === undefined) return
    this.isSilenced = true
    this.later(() => this.far.arrive(then))
  }

  private arrive(arrival: Arrival): void {
    if (this.isLost) return
    this.inbox.push(arrival)
    this.scheduleDelivery()
  }

  private scheduleDelivery(): void {
    if (this.isDeliveryDue || this.waiting === 0) return
    this.isDeliveryDue = true
    asInput(() => {
      this.isDeliveryDue = false
      this.deliverBurst()
    })
  }

  private deliverBurst(): void {
    const burst = this.options.chop === undefined ? Number.POSITIVE_INFINITY : BURSTS[this.bursts++ % BURSTS.length]
    for (let pieces = 0; pieces < (burst as number) && this.isReading && this.waiting > 0; pieces++) this.deliver()
    if (this.isReading) this.scheduleDelivery()
  }

  private deliver(): void {
    const first = this.inbox[this.inboxHead] as Arrival
    if (first === 'end' || first === 'cut') {
      this.dropFirst()
      if (first === 'end') this.stream.receiveEnd()
      else this.cut()
      return
    }
    const piece = this.options.chop === undefined ? first : first.subarray(0, Math.max(1, this.options.chop()))
    if (piece.byteLength === first.byteLength) this.dropFirst()
    else this.inbox[this.inboxHead] = first.subarray(piece.byteLength)
    this.far.arrived(piece.byteLength)
    this.hand(piece)
  }

  private get waiting(): number {
    return this.inbox.length - this.inboxHead
  }

  // A megabyte may wait in pieces of one byte: shifting the array would move them all each time.
  private dropFirst(): void {
    this.inboxHead++
    if (this.inboxHead * 2 < this.inbox.length) return
    this.inbox.splice(0, this.inboxHead)
    this.inboxHead = 0
  }

  private hand(piece: Uint8Array): void {
    if (this.options.lendsBuffers !== true) {
      this.stream.receive(piece)
      return
    }
    const lent = piece.slice()
    this.stream.receive(lent)
    lent.fill(0xdb)
  }

  private arrived(bytes: number): void {
    this.bytesInFlight -= bytes
    if (this.stream.hasQueued) this.queued()
  }

  private dropInbox(): void {
    for (const arrival of this.inbox.splice(0).slice(this.inboxHead))
      if (typeof arrival !== 'string') this.far.bytesInFlight -= arrival.byteLength
    this.inboxHead = 0
  }

  /** Runs `fn` when what leaves now arrives, never before what left earlier. */
  private later(fn: () => void): void {
    const { clock, latencyMs } = this.options
    if (latencyMs === undefined) {
      fn()
      return
    }
    const { now, delay } = moments(clock as Clock, latencyMs)
    this.lastArrivalMs = Math.max(this.lastArrivalMs, now + delay)
    ;(clock as Clock).after(this.lastArrivalMs - now, fn)
  }
}

function moments(clock: Clock, latencyMs: number | (() => number)): { now: number; delay: number } {
  return { now: clock.now(), delay: typeof latencyMs === 'number' ? latencyMs : latencyMs() }
}

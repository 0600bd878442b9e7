import { bytesEqual } from '@ts-libp2p/bytes'
import type { ByteStream } from '@ts-libp2p/stream'
import { INITIAL_WINDOW_BYTES } from '../src/index.ts'
import { type HandMoved, handMovedPair } from './wire.ts'

export const OPERATIONS = ['open', 'send', 'read', 'move', 'flush', 'close', 'abort'] as const

/** Something that is done: to one stream at one of its ends, or to what lies between the sessions. */
export interface Step {
  readonly op: (typeof OPERATIONS)[number]
  readonly side: boolean
  /** Which stream, counted around. */
  readonly which: number
  /** Bytes to send or to move. */
  readonly size: number
}

/**
 * Does the steps with two sessions and with the simplest stream there can be, lets everything come to rest, and throws
 * where the two differ. `capacity` is the bytes that the connection takes before it is full.
 */
export async function checkHistory(steps: readonly Step[], capacity: number): Promise<void> {
  const ends = handMovedPair(capacity)
  const pairs: Pair[] = [new Pair(ends[0])]
  play(steps, ends, pairs)
  await settleDown(ends, pairs)
  for (const { failures } of ends) if (failures[0] !== undefined) throw failures[0]
  for (const pair of pairs) pair.checkAtRest()
  const live = pairs.filter(pair => !pair.isAborted && !pair.isFinished).length
  for (const { session } of ends)
    must(session.table.size === live, `${session.table.size} of ${live} streams are listed`)
}

function must(condition: boolean, message: string): void {
  if (!condition) throw new Error(message)
}

const PERIOD = 251
const PATTERN = Uint8Array.from({ length: 400_000 }, (_, i) => i % PERIOD)

/** What a stream must do, at its simplest: everything sent arrives, in order, then the end. */
class Direction {
  sent = 0
  received = 0
  isClosed = false
  hasEnded = false

  next(bytes: number): Uint8Array {
    const at = this.sent % PERIOD
    this.sent += bytes
    return PATTERN.subarray(at, at + bytes)
  }

  take(chunk: Uint8Array): void {
    const at = this.received % PERIOD
    if (!bytesEqual(chunk, PATTERN.subarray(at, at + chunk.byteLength))) throw new Error('other bytes arrived')
    this.received += chunk.byteLength
    if (this.received > this.sent) throw new Error('more arrived than was sent')
  }
}

/** One stream at both ends. The far end is there once the opening has arrived. */
class Pair {
  readonly near: ByteStream
  readonly owner: HandMoved
  readonly forth = new Direction()
  readonly back = new Direction()
  isAborted = false
  private wrong: unknown

  constructor(owner: HandMoved) {
    this.owner = owner
    this.near = owner.session.openStream({})
  }

  get far(): ByteStream | undefined {
    return this.owner.far.opens.find(stream => stream.id === this.near.id)
  }

  side(isNear: boolean): { stream: ByteStream | undefined; out: Direction; into: Direction } {
    return isNear
      ? { stream: this.near, out: this.forth, into: this.back }
      : { stream: this.far, out: this.back, into: this.forth }
  }

  send(isNear: boolean, bytes: number): void {
    const { stream, out } = this.side(isNear)
    if (stream?.writeStatus === 'writable' && !stream.writableNeedsDrain) stream.send(out.next(bytes))
  }

  read(isNear: boolean): void {
    const { stream, into } = this.side(isNear)
    if (stream === undefined || stream.status === 'aborted' || into.hasEnded) return
    if (stream.readBufferLength === 0 && stream.remoteWriteStatus !== 'closed') return
    const reading = stream[Symbol.asyncIterator]().next()
    reading.then(
      ({ done, value }) => {
        if (done === true) into.hasEnded = true
        else this.note(() => into.take(value))
      },
      err => {
        if (!this.isAborted) this.wrong ??= err
      }
    )
  }

  /** What goes wrong in a promise is told by the next check. */
  private note(fn: () => void): void {
    try {
      fn()
    } catch (err) {
      this.wrong ??= err
    }
  }

  close(isNear: boolean): void {
    const { stream, out } = this.side(isNear)
    if (stream?.writeStatus !== 'writable') return
    out.isClosed = true
    stream.close().catch(() => {})
  }

  abort(isNear: boolean): void {
    const { stream } = this.side(isNear)
    if (stream === undefined || stream.status === 'closed') return
    this.isAborted = true
    stream.abort(new Error('the model says so'))
  }

  /** Both ends have closed. */
  get isFinished(): boolean {
    return this.forth.isClosed && this.back.isClosed
  }

  /** Changes whenever anything moved. */
  get progress(): string {
    const { forth, back, near, far } = this
    return `${forth.received} ${back.received} ${forth.hasEnded} ${back.hasEnded} ${near.writeBufferLength} ${far?.writeBufferLength} ${near.status} ${far?.status}`
  }

  check(): void {
    if (this.wrong !== undefined) throw this.wrong
    for (const stream of [this.near, this.far]) {
      if ((stream?.readBufferLength ?? 0) > INITIAL_WINDOW_BYTES)
        throw new Error('more is unread than the window allows')
    }
  }

  /** What must hold when everything has been moved and read. */
  checkAtRest(): void {
    this.check()
    if (this.isAborted) return
    for (const { sent, received, isClosed, hasEnded } of [this.forth, this.back]) {
      must(received === sent, `${received} of ${sent} bytes arrived`)
      must(hasEnded === isClosed, `an end was ${isClosed ? '' : 'not '}sent and ${hasEnded ? '' : 'not '}seen`)
    }
    for (const isNear of [true, false]) {
      const { stream, out } = this.side(isNear)
      must(stream?.writeStatus === (out.isClosed ? 'closed' : 'writable'), `writeStatus is ${stream?.writeStatus}`)
      must((stream?.status === 'closed') === this.isFinished, `status is ${stream?.status}`)
    }
  }
}

function play(steps: readonly Step[], ends: [HandMoved, HandMoved], pairs: Pair[]): void {
  for (const { op, side, which, size } of steps) {
    const end = ends[side ? 0 : 1]
    const pair = pairs[which % pairs.length]
    if (op === 'open') pairs.push(new Pair(end))
    else if (op === 'move') end.move(size)
    else if (op === 'flush') end.flush()
    else if (op === 'send') pair?.send(side, size)
    else if (op === 'read') pair?.read(side)
    else if (op === 'close') pair?.close(side)
    else pair?.abort(side)
    pair?.check()
  }
}

async function settleDown(ends: [HandMoved, HandMoved], pairs: Pair[]): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    const before = progress(pairs)
    for (const end of ends) {
      end.flush()
      end.move(Number.POSITIVE_INFINITY)
    }
    for (const pair of pairs) for (const side of [true, false]) pair.read(side)
    await Promise.resolve()
    await Promise.resolve()
    const isQuiet = before === progress(pairs)
    quiet = isQuiet ? quiet + 1 : 0
  }
}

function progress(pairs: readonly Pair[]): string {
  return pairs.map(pair => pair.progress).join()
}

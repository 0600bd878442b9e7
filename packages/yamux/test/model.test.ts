import { bytesEqual, fromHex, toHex } from '@ts-libp2p/bytes'
import type { ByteStream } from '@ts-libp2p/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INITIAL_WINDOW_BYTES } from '../src/index.ts'
import { bench, data, frame, frames } from './recording-port.ts'
import { type HandMoved, handMovedPair } from './wire.ts'

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
    stream[Symbol.asyncIterator]()
      .next()
      .then(
        ({ done, value }) => {
          if (done === true) into.hasEnded = true
          else into.take(value)
        },
        () => {
          if (!this.isAborted) throw new Error('a stream that nobody aborted broke')
        }
      )
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

  check(): void {
    for (const stream of [this.near, this.far]) {
      if ((stream?.readBufferLength ?? 0) > INITIAL_WINDOW_BYTES)
        throw new Error('more is unread than the window allows')
    }
  }

  /** What must hold when everything has been moved and read. */
  checkAtRest(): void {
    this.check()
    if (this.isAborted) return
    for (const direction of [this.forth, this.back]) {
      expect(direction.received).toBe(direction.sent)
      expect(direction.hasEnded).toBe(direction.isClosed)
    }
    const isOver = this.forth.isClosed && this.back.isClosed
    for (const isNear of [true, false]) {
      const { stream, out } = this.side(isNear)
      expect(stream?.writeStatus).toBe(out.isClosed ? 'closed' : 'writable')
      expect(stream?.status === 'closed').toBe(isOver)
    }
  }
}

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 140_000 }) },
  { weight: 1, arbitrary: fc.constant(300_000) }
)
const step = fc.record({
  op: fc.constantFrom(
    'open',
    'send',
    'send',
    'send',
    'read',
    'read',
    'move',
    'move',
    'flush',
    'flush',
    'close',
    'abort'
  ),
  side: fc.boolean(),
  which: fc.nat(),
  size
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function play(steps: Step[], ends: [HandMoved, HandMoved], pairs: Pair[]): void {
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
    const before = JSON.stringify(pairs)
    for (const end of ends) {
      end.flush()
      end.move(Number.POSITIVE_INFINITY)
    }
    for (const pair of pairs) for (const side of [true, false]) pair.read(side)
    await Promise.resolve()
    await Promise.resolve()
    const isQuiet = before === JSON.stringify(pairs)
    quiet = isQuiet ? quiet + 1 : 0
  }
}

Object.defineProperty(Pair.prototype, 'toJSON', {
  value(this: Pair) {
    return [
      this.forth,
      this.back,
      this.near.writeBufferLength,
      this.far?.writeBufferLength,
      this.near.status,
      this.far?.status
    ]
  }
})

describe('two sessions and a model', () => {
  it('agree, whatever is done in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom(1, 1000, 300_000),
        async (steps, capacity) => {
          const ends = handMovedPair(capacity)
          const pairs: Pair[] = [new Pair(ends[0])]
          play(steps, ends, pairs)
          await settleDown(ends, pairs)
          expect(ends.map(end => end.failures)).toEqual([[], []])
          for (const pair of pairs) pair.checkAtRest()
          const live = pairs.filter(p => !p.isAborted && !(p.forth.isClosed && p.back.isClosed)).length
          expect(ends.map(end => end.session.table.size)).toEqual([live, live])
        }
      ),
      { numRuns: 1500 }
    )
  })
})

describe('any chunking', () => {
  const transcript = [
    frame(1, 1, 1, 0),
    data(1, 5),
    frame(2, 1, 0, 9),
    data(3, 300, 1),
    frame(0, 0, 99, 4, '61616161'),
    data(1, 40, 4),
    frame(1, 8, 3, 7),
    frame(3, 0, 0, 0),
    data(5, 1, 1)
  ].join('')

  const run = (chunks: Uint8Array[]) => {
    const { session, port } = bench('server')
    for (const chunk of chunks) session.receive(chunk, 0)
    session.flush(0)
    return {
      written: frames(port.take()),
      streams: port.streams.map(s => [s.id, s.status, s.readBufferLength, s.remoteWriteStatus]),
      failures: port.failures
    }
  }

  it('says and hears the same', () => {
    const whole = run([fromHex(transcript)])
    expect(whole.streams).toEqual([
      ['1', 'open', 45, 'closed'],
      ['3', 'reset', 300, 'closed'],
      ['5', 'open', 1, 'writable']
    ])
    fc.assert(
      fc.property(fc.array(fc.nat({ max: transcript.length / 2 })), cuts => {
        const at = [...cuts].sort((a, b) => a - b)
        const bytes = fromHex(transcript)
        const chunks = [...at, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end))
        expect(run(chunks)).toEqual(whole)
      })
    )
  })

  it('never throws and never answers anything but frames to random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), chunks => {
        const { session, port } = bench('server')
        for (const chunk of chunks) session.receive(chunk, 0)
        session.flush(0)
        const written = port.take()
        expect(toHex(written).length % 24).toBe(0)
        expect(port.failures.length).toBeLessThanOrEqual(1)
      })
    )
  })
})

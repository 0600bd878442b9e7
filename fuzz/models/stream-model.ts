import {
  ByteStream,
  defer,
  READ_HIGH_WATER_BYTES,
  type StreamOwner,
  type StreamReaderPort,
  WRITE_HIGH_WATER_BYTES
} from '@ts-libp2p/stream'
import type { SeededRandom } from '@ts-libp2p/testing'
import type { Model } from '../src/model.ts'
import { must } from '../src/target.ts'

const PERIOD = 251
const PATTERN = Uint8Array.from({ length: 400_000 }, (_, i) => i % PERIOD)
const MAX_CHUNK_BYTES = 150_000
/** Steps of a history: few for the turns a stream's life can take, many so that its queues grow long. */
const STEPS = [60, 60, 60, 400] as const

/** Bytes of a flow, each told by its place. */
const piece = (from: number, length: number): Uint8Array => PATTERN.subarray(from % PERIOD, (from % PERIOD) + length)

function mustBePiece(chunk: Uint8Array, from: number): void {
  must(Buffer.compare(chunk, piece(from, chunk.byteLength)) === 0, 'other bytes, or in another order')
}

/** The layer below, which notes what it is told. */
class NotingOwner implements StreamOwner {
  credit = 0
  isReading = true
  isAborted = false
  hasEnded = false

  queued(): void {}

  consumed(_: ByteStream, bytes: number): void {
    this.credit += bytes
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.isReading = wanted
  }

  aborted(): void {
    this.isAborted = true
  }

  ended(): void {
    this.hasEnded = true
  }
}

/** A stream, and how much of each flow has come how far: all that a stream is. */
class Beside {
  readonly owner: NotingOwner = new NotingOwner()
  readonly stream: ByteStream
  private sent = 0
  private pulled = 0
  private received = 0
  private taken = 0
  /** The most that was ever taken: what is given back and taken again earns no credit twice. */
  private earned = 0
  private isClosing = false
  private isFinSent = false
  private isEndReceived = false
  private isReadClosed = false
  private isOver: 'aborted' | 'reset' | undefined
  private last: Uint8Array | undefined
  private isWaiting = false
  private isPaused = false
  private sawEnd = false

  constructor(lendsBuffers: boolean) {
    this.stream = new ByteStream({
      owner: this.owner,
      direction: 'inbound',
      lendsBuffers,
      // Not to be reached: what was unread may be just below the mark when another chunk comes, or some is given back.
      maxReadBufferLength: READ_HIGH_WATER_BYTES + 2 * MAX_CHUNK_BYTES
    })
    this.stream.addEventListener('end', () => {
      if (this.stream.readBufferLength > 0) this.wrong ??= new Error('the end is told before the last bytes are taken')
    })
  }

  get canSend(): boolean {
    return !this.isClosing && this.isOver === undefined
  }

  send(length: number): void {
    if (!this.canSend) {
      mustThrow(() => this.stream.send(piece(0, 1)))
      return
    }
    const isRoomy = this.stream.send(piece(this.sent, length))
    this.sent += length
    const isFull = this.sent - this.pulled >= WRITE_HIGH_WATER_BYTES
    must(!isFull || !isRoomy, 'it says that there is room where there is none')
  }

  pull(limit: number): void {
    const chunks: Uint8Array[] = []
    const moved = this.stream.pull(chunks, limit)
    for (const chunk of chunks) {
      mustBePiece(chunk, this.pulled)
      this.pulled += chunk.byteLength
    }
    must(
      moved === chunks.reduce((sum, { byteLength }) => sum + byteLength, 0) && moved <= limit,
      'it counts what it moves'
    )
    if (this.isOver !== undefined) return
    must(
      this.stream.isFinQueued === (this.isClosing && !this.isFinSent && this.pulled === this.sent),
      'our end is due, or not'
    )
    if (!this.stream.isFinQueued) return
    this.stream.finSent()
    this.isFinSent = true
  }

  receive(length: number): void {
    if (this.isOver !== undefined || this.isEndReceived || !this.owner.isReading) return
    const chunk = new Uint8Array(piece(this.received, length))
    this.received += length
    this.stream.receive(chunk)
    if (this.isReadClosed) this.taken = this.earned = this.received
  }

  end(): void {
    if (this.isOver !== undefined) return
    this.stream.receiveEnd()
    this.isEndReceived = true
  }

  /** Very many small pieces. */
  receiveCrumbs(random: SeededRandom): void {
    for (let left = 100; left > 0; left--) this.receive(1 + random.int(100))
  }

  pause(isWanted: boolean): void {
    this.isPaused = isWanted
    if (isWanted) this.stream.pause()
    else this.stream.resume()
  }

  close(): void {
    this.stream.close().catch(() => {})
    if (this.isOver === undefined) this.isClosing = true
  }

  closeRead(): void {
    this.stream.closeRead().catch(() => {})
    if (this.isOver !== undefined || this.isFinished) return
    this.isReadClosed = true
    this.taken = this.earned = this.received
    this.last = undefined
  }

  abort(): void {
    if (this.isOver === undefined && !this.isFinished) {
      this.isOver = 'aborted'
      this.taken = this.earned = this.received
    }
    this.stream.abort(new Error('the model says so'))
  }

  reset(): void {
    if (this.isOver === undefined && !this.isFinished) this.isOver = 'reset'
    this.stream.receiveReset(new Error('the model says so'))
  }

  async read(): Promise<void> {
    if (this.isWaiting || this.sawEnd || this.reader !== undefined) return
    this.isWaiting = true
    const reading = this.stream[Symbol.asyncIterator]()
      .next()
      .finally(() => {
        this.isWaiting = false
      })
    const outcome = reading.then(
      ({ done, value }) => this.onRead(done === true ? undefined : value),
      () => must(this.isOver !== undefined, 'reading fails, and nothing went wrong')
    )
    this.outcomes.push(outcome.catch((err: unknown) => (this.wrong ??= err)))
    await turns()
  }

  private readonly outcomes: Promise<unknown>[] = []
  private wrong: unknown

  private onRead(chunk: Uint8Array | undefined): void {
    if (chunk === undefined) {
      must(this.isReadClosed || this.isEndReceived || this.isOver !== undefined, 'it ends, and nobody ended it')
      if (this.isOver === undefined && !this.isReadClosed)
        must(this.taken === this.received, 'the end comes before the last bytes')
      this.sawEnd = true
      return
    }
    if (this.isReadClosed || this.isOver === 'aborted') return
    mustBePiece(chunk, this.taken)
    this.taken += chunk.byteLength
    this.earned = Math.max(this.earned, this.taken)
    this.last = chunk
  }

  /** Puts somebody ahead of the application, who takes about that many bytes and gives back what is too much. */
  attach(length: number): void {
    if (this.reader !== undefined || this.isWaiting || this.isOver !== undefined || this.isReadClosed || this.sawEnd)
      return
    let left = length
    const reader: StreamReaderPort = {
      receive: chunk => {
        if (this.isReadClosed || this.isOver === 'aborted') return
        mustBePiece(chunk, this.taken)
        const used = Math.min(left, chunk.byteLength)
        left -= used
        this.taken += chunk.byteLength
        this.earned = Math.max(this.earned, this.taken)
        if (left > 0) return
        this.taken -= chunk.byteLength - used
        this.reader = undefined
        this.stream.detach(reader, chunk.subarray(used))
      },
      end: () => {},
      closed: () => {
        this.reader = undefined
      }
    }
    this.reader = reader
    this.last = undefined
    this.stream.attach(reader)
  }

  private reader: StreamReaderPort | undefined

  /** Gives the end of what was read last back. */
  unshift(length: number): void {
    const { last } = this
    if (
      last === undefined ||
      this.isOver !== undefined ||
      this.isReadClosed ||
      this.isWaiting ||
      this.sawEnd ||
      this.reader
    )
      return
    const back = last.subarray(Math.max(0, last.byteLength - length))
    this.stream.unshift(back)
    this.taken -= back.byteLength
    this.last = undefined
  }

  get isFinished(): boolean {
    return this.isFinSent && this.isEndReceived
  }

  check(): void {
    if (this.wrong !== undefined) throw this.wrong
    const { stream, owner } = this
    must(
      stream.readBufferLength === (this.isOver === 'aborted' ? 0 : this.received - this.taken),
      `${stream.readBufferLength} bytes unread`
    )
    must(
      stream.writeBufferLength === (this.isOver === undefined ? this.sent - this.pulled : 0),
      `${stream.writeBufferLength} bytes unsent`
    )
    must(
      this.isOver === 'reset' || owner.credit <= this.earned,
      `credit for ${owner.credit} bytes, ${this.earned} taken`
    )
    if (this.isOver === undefined && !this.isFinished)
      must(owner.credit === this.earned, `credit for ${owner.credit} bytes, ${this.earned} taken`)
    must(stream.status === this.expectedStatus, `status ${stream.status}, ${this.expectedStatus} expected`)
    must(stream.writeStatus === this.expectedWriteStatus, `writeStatus ${stream.writeStatus}`)
    this.checkHeldBack()
    must(owner.isAborted === (this.isOver === 'aborted'), 'the layer below knows of the abort')
    must(owner.hasEnded === (this.isFinished && this.isOver === undefined), 'the layer below knows of the end')
  }

  /** A full queue stops the layer below, and an empty one lets it go on. */
  private checkHeldBack(): void {
    if (this.isOver !== undefined || this.isFinished || this.isReadClosed) return
    const unread = this.received - this.taken
    if (unread >= READ_HIGH_WATER_BYTES) must(!this.owner.isReading, `${unread} bytes unread, and more may come`)
    const isLow = unread < READ_HIGH_WATER_BYTES / 2 && !this.isPaused
    if (isLow) must(this.owner.isReading, `${unread} bytes unread, and no more may come`)
  }

  private get expectedStatus(): string {
    if (this.isOver !== undefined) return this.isOver
    if (this.isFinished) return 'closed'
    return 'open'
  }

  private get expectedWriteStatus(): string {
    if (this.isOver !== undefined || this.isFinSent) return 'closed'
    return this.isClosing ? 'closing' : 'writable'
  }

  /** Moves and reads all that is there. */
  async settle(): Promise<void> {
    this.pause(false)
    if (this.reader !== undefined) this.stream.detach(this.reader)
    this.reader = undefined
    this.pull(Number.POSITIVE_INFINITY)
    for (let before = -1; before !== this.taken; ) {
      before = this.taken
      await this.read()
    }
    this.check()
    if (this.isOver === undefined && !this.isReadClosed) must(this.taken === this.received, 'some bytes never came')
    if (!this.isWaiting) return
    this.stream.abort(new Error('the history is over'))
    await Promise.all(this.outcomes).catch(() => {})
  }
}

function mustThrow(fn: () => void): void {
  try {
    fn()
  } catch {
    return
  }
  must(false, 'it takes bytes after its end')
}

/** Lets promises tell their outcome. */
async function turns(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve()
  // Deliveries wait for a tick of their own.
  await new Promise<void>(resolve => defer(resolve))
}

const size = (random: SeededRandom): number =>
  random.chance(0.15) ? 1 + random.int(MAX_CHUNK_BYTES) : 1 + random.int(200)

type Operation = (beside: Beside, random: SeededRandom) => void | Promise<void>

const OFTEN: readonly Operation[] = [
  (b, random) => b.send(size(random)),
  (b, random) => b.pull(size(random)),
  (b, random) => b.receive(size(random)),
  (b, random) => b.receive(size(random)),
  b => b.read(),
  b => b.read(),
  (b, random) => b.unshift(random.int(300)),
  (b, random) => b.attach(1 + random.int(400)),
  (b, random) => b.pause(random.chance(0.5))
]
const SELDOM: readonly Operation[] = [
  (b, random) => b.receiveCrumbs(random),
  b => b.end(),
  b => b.close(),
  b => b.closeRead(),
  b => b.abort(),
  b => b.reset()
]

/** One stream between an application and the layer below, against counters of how far each flow has come. */
export const model: Model = {
  name: 'stream-model',
  async history(random) {
    const beside = new Beside(random.chance(0.3))
    const rarity = random.pick([0.02, 0.1, 0.3])
    for (let left = 1 + random.int(random.pick(STEPS)); left > 0; left--) {
      await random.pick(random.chance(rarity) ? SELDOM : OFTEN)(beside, random)
      await turns()
      beside.check()
    }
    await beside.settle()
  }
}

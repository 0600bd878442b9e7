import { concat } from '@ts-libp2p/bytes'
import { expect } from 'vitest'
import type { ByteStream, StreamReaderPort } from '../src/index.ts'
import { ownedStream, pulled } from './fixtures.ts'

/** What can happen to a stream: by its owner, its reader and its writer. */
export const OPERATIONS = [
  ...['receive', 'receiveEnd', 'lost'],
  ...['next', 'listen', 'unlisten', 'attach', 'detach', 'pause', 'resume', 'push', 'unshift'],
  ...['send', 'close', 'flush', 'abort', 'settle']
] as const

export interface Step {
  readonly op: (typeof OPERATIONS)[number]
  /** Bytes to receive, give back or send. */
  readonly size: number
}

const lost = new Error('the connection was lost')
const aborted = new Error('given up')

/**
 * A stream beside the simplest model of one: the bytes that wait, and whether each end is there. Every byte that
 * anybody takes is the next of the model's at that moment.
 */
export class History {
  readonly stream: ByteStream
  private unread: number[] = []
  private counter = 0
  private hasRemoteEnded = false
  private hasSentEnd = false
  private failure: Error | undefined
  private course: string[] = []
  private closing: Promise<void> | undefined
  private isAttached = false
  private readonly checks: Promise<void>[] = []

  constructor() {
    this.stream = ownedStream().stream
  }

  private get isOver(): boolean {
    return this.failure !== undefined || (this.hasRemoteEnded && this.hasSentEnd)
  }

  // What is read ends with an error when we gave the stream up, or when it was lost before the remote's end.
  private get readFailure(): Error | undefined {
    return this.failure === lost && this.hasRemoteEnded ? undefined : this.failure
  }

  // ---- the owner's ---------------------------------------------------------------------------------------------

  receive(size: number): void {
    const chunk = this.bytes(size)
    if (!this.isOver && !this.hasRemoteEnded) this.unread.push(...chunk)
    this.stream.receive(chunk)
  }

  receiveEnd(): void {
    if (!this.isOver) this.hasRemoteEnded = true
    this.stream.receiveEnd()
  }

  lost(): void {
    if (!this.isOver) this.failure = lost
    this.stream.receiveReset(lost)
  }

  flush(): void {
    pulled(this.stream)
    if (!this.stream.isFinQueued) return
    this.hasSentEnd = true
    this.stream.finSent()
  }

  // ---- the reader's --------------------------------------------------------------------------------------------

  next(): void {
    const before = this.stream.readBufferLength
    if (before === 0 || this.isAttached) return
    const taken = this.stream[Symbol.asyncIterator]().next()
    const expected = this.unread.splice(0, before - this.stream.readBufferLength)
    this.checks.push(taken.then(({ value }) => expect([...(value as Uint8Array)]).toEqual(expected)))
  }

  listen(): void {
    this.stream.addEventListener('message', this.onMessage)
  }

  unlisten(): void {
    this.stream.removeEventListener('message', this.onMessage)
  }

  attach(): void {
    if (this.isAttached) return
    this.isAttached = true
    this.stream.attach(this.port)
  }

  /** Gives back what was taken last. */
  detach(size: number): void {
    if (!this.isAttached) return
    this.isAttached = false
    const leftover = this.bytes(size)
    this.unread.unshift(...leftover)
    this.stream.detach(this.port, leftover)
  }

  pause(): void {
    this.stream.pause()
  }

  resume(): void {
    this.stream.resume()
  }

  push(size: number): void {
    const chunk = this.bytes(size)
    this.unread.push(...chunk)
    this.stream.push(chunk)
  }

  unshift(size: number): void {
    const chunk = this.bytes(size)
    this.unread.unshift(...chunk)
    this.stream.unshift(chunk)
  }

  // ---- the writer's --------------------------------------------------------------------------------------------

  send(size: number): void {
    if (this.stream.writeStatus === 'writable') this.stream.send(this.bytes(size))
  }

  close(): void {
    if (this.stream.writeStatus !== 'writable') return
    this.closing = this.stream.close()
    this.closing.catch(() => {})
  }

  abort(): void {
    if (!this.isOver) {
      this.failure = aborted
      this.unread = []
    }
    this.stream.abort(aborted)
  }

  // ---- at the end ----------------------------------------------------------------------------------------------

  /** What whoever iterates now is given: all that waits, then the end as the model has it. */
  async checkIteration(): Promise<void> {
    await this.checkSoFar()
    const got: Uint8Array[] = []
    const outcome = await iterate(this.stream, got).catch((err: unknown) => err)
    expect([[...concat(got)], outcome]).toEqual([this.unread, this.readFailure])
  }

  /** The same for a reader that attaches. */
  async checkReader(settled: () => Promise<void>): Promise<void> {
    await this.checkSoFar()
    this.course = []
    this.stream.attach(this.port)
    await settled()
    const ends = this.readFailure === undefined ? ['end'] : []
    const closes = this.isOver ? [`closed ${this.failure?.message}`] : []
    expect([this.unread, this.course]).toEqual([[], [...ends, ...closes]])
  }

  /** What became of our own end: sent, or failed with the reason of the whole stream. */
  async checkWriter(): Promise<void> {
    this.flush()
    const outcome = await this.closing?.catch((err: unknown) => err)
    expect(outcome).toBe(this.closing === undefined || this.hasSentEnd ? undefined : this.failure)
    if (this.failure === undefined) return
    expect(() => this.stream.send(this.bytes(1))).toThrow(expect.objectContaining({ cause: this.failure }))
  }

  private async checkSoFar(): Promise<void> {
    await Promise.all(this.checks)
    expect(this.stream.readBufferLength).toBe(this.unread.length)
  }

  private bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.counter++ % 251)
  }

  private take(chunk: Uint8Array): void {
    expect([...chunk]).toEqual(this.unread.splice(0, chunk.byteLength))
  }

  private readonly onMessage = ({ data }: { data: unknown }): void => this.take(data as Uint8Array)

  private readonly port: StreamReaderPort = {
    receive: chunk => this.take(chunk),
    end: () => this.course.push('end'),
    closed: error => {
      this.isAttached = false
      this.course.push(`closed ${error?.message}`)
    }
  }
}

async function iterate(stream: ByteStream, got: Uint8Array[]): Promise<void> {
  for await (const chunk of stream) got.push(chunk)
}

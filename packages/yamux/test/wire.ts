import { concat } from '@ts-libp2p/bytes'
import type { ByteStream, MuxerPort } from '@ts-libp2p/stream'
import { type Role, resolveOptions, Session } from '../src/index.ts'

/** A session whose connection is a queue that the test moves by hand. */
export class HandMoved implements MuxerPort {
  readonly session: Session
  readonly opens: ByteStream[] = []
  readonly failures: Error[] = []
  far!: HandMoved
  private readonly capacity: number
  private queue: Uint8Array[] = []
  private queued = 0
  private isFlushDue = false

  constructor(role: Role, capacity: number) {
    this.capacity = capacity
    this.session = new Session(role, resolveOptions({ keepAliveInterval: 0 }), this)
  }

  get isIdle(): boolean {
    return this.queued === 0 && !this.isFlushDue
  }

  wake(): void {
    this.isFlushDue = true
  }

  write(buffers: Uint8Array[]): boolean {
    for (const buffer of buffers) {
      this.queue.push(buffer)
      this.queued += buffer.byteLength
    }
    return this.queued < this.capacity
  }

  flush(): void {
    if (!this.isFlushDue || this.queued >= this.capacity) return
    this.isFlushDue = false
    this.session.flush(0)
  }

  /** Moves up to `limit` bytes to the far session, in one piece. */
  move(limit: number): void {
    const whole = concat(this.queue)
    const piece = whole.subarray(0, limit)
    this.queue = piece.byteLength < whole.byteLength ? [whole.subarray(piece.byteLength)] : []
    this.queued -= piece.byteLength
    if (piece.byteLength > 0) this.far.session.receive(piece, 0)
    this.wake()
  }

  opened(stream: ByteStream): boolean {
    this.opens.push(stream)
    return true
  }

  openable(): void {}
  emptied(): void {}
  answered(): void {}
  count(): void {}

  failed(err: Error): void {
    this.failures.push(err)
  }
}

export function handMovedPair(capacity: number): [HandMoved, HandMoved] {
  const client = new HandMoved('client', capacity)
  const server = new HandMoved('server', capacity)
  client.far = server
  server.far = client
  return [client, server]
}

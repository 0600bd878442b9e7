import type { Socket } from 'node:net'
import { freeSingleUse } from '@ts-libp2p/bytes'
import type { Clock, Multiaddr, Undo } from '@ts-libp2p/interface'
import { type ByteStream, defer, type StreamOwner } from '@ts-libp2p/stream'
import { TcpError, tcpError } from './errors.ts'
import { FLUSH_TIMEOUT_MS, MAX_LINGER_MS, MAX_WRITE_BATCH_BYTES } from './limits.ts'

export interface SocketOwnerInit {
  remoteAddr: Multiaddr
  clock: Clock
  closeTimeoutMs: number
}

/** Stands under one raw connection and moves its bytes to and from a socket. */
export class SocketOwner implements StreamOwner {
  private readonly remoteAddr: Multiaddr
  private readonly clock: Clock
  private readonly closeTimeoutMs: number
  private socket!: Socket
  private stream!: ByteStream
  private isFlushDue = false
  private isBlocked = false
  private isAborted = false
  private stopWatch: Undo | undefined

  constructor(init: SocketOwnerInit) {
    this.remoteAddr = init.remoteAddr
    this.clock = init.clock
    this.closeTimeoutMs = init.closeTimeoutMs
  }

  /** Bytes that the socket read. */
  receive(chunk: Uint8Array): void {
    this.stream.receive(chunk)
  }

  /** Puts the stream on the socket. Nothing may have been read from it yet. */
  join(stream: ByteStream, socket: Socket): void {
    this.stream = stream
    this.socket = socket
    socket.on('drain', () => this.unblock())
    socket.on('end', () => stream.receiveEnd())
    socket.on('finish', () => this.watchEnd(this.clock.now() + MAX_LINGER_MS))
    socket.on('error', err => this.failed(err))
    socket.on('close', () => this.socketClosed())
  }

  queued(): void {
    if (this.stopWatch === undefined && this.stream.status === 'closing') this.watchFlush()
    if (this.isFlushDue || this.isBlocked) return
    this.isFlushDue = true
    defer(this.flush)
  }

  reading(_: ByteStream, wanted: boolean): void {
    if (wanted) this.socket.resume()
    else this.socket.pause()
  }

  /** The remote learns of it by an RST. Unix sockets have none: there it sees an end. */
  aborted(): void {
    const { socket } = this
    this.isAborted = true
    if (socket.destroyed) return
    if (socket.remotePort !== undefined && !isEnding(socket)) socket.resetAndDestroy()
    // The reset alone waits until everything written has left, for ever where the remote does not read.
    socket.destroy()
  }

  /** The socket ends itself once what was written has left; the watches see to it that it does. */
  ended(): void {}

  // One per connection, not one per tick.
  private readonly flush = (): void => {
    this.isFlushDue = false
    const { stream, socket } = this
    if (socket.destroyed || this.isBlocked) return
    const chunks: Uint8Array[] = []
    if (stream.pull(chunks, MAX_WRITE_BATCH_BYTES) > 0) this.isBlocked = !writeAll(socket, chunks)
    if (stream.isFinQueued) {
      socket.end()
      stream.finSent()
    } else if (stream.hasQueued) {
      this.queued()
    }
  }

  // A reset that fails says so at once, before `abort()` could give its own reason.
  private failed(err: Error): void {
    if (!this.isAborted) this.stream.receiveReset(tcpError(`connection with ${this.remoteAddr}`, err))
  }

  private unblock(): void {
    this.isBlocked = false
    if (this.stream.hasQueued) this.queued()
  }

  /** We are closing: the remote must go on taking what is left. */
  private watchFlush(): void {
    const waiting = this.unsentBytes
    this.stopWatch = this.clock.after(FLUSH_TIMEOUT_MS, () => {
      if (this.unsentBytes !== waiting) return this.watchFlush()
      this.stream.receiveReset(new TcpError('timeout', `${this.remoteAddr} does not take our last bytes`))
      this.aborted()
    })
  }

  /** Our end has left: the remote gets its time for its own. A reader of ours that holds it back is not its fault. */
  private watchEnd(deadline: number): void {
    const { bytesRead } = this.socket
    this.stopWatch?.()
    this.stopWatch = this.clock.after(this.closeTimeoutMs, () => {
      const isMoving = this.socket.bytesRead !== bytesRead || this.stream.readBufferLength > 0
      if (isMoving && this.clock.now() < deadline) return this.watchEnd(deadline)
      this.stream.receiveReset(new TcpError('timeout', `${this.remoteAddr} does not end its side`))
      // No RST: the remote may still be reading what we sent.
      this.socket.destroy()
    })
  }

  private get unsentBytes(): number {
    return this.stream.writeBufferLength + this.socket.writableLength
  }

  private socketClosed(): void {
    this.stopWatch?.()
    const closed = (): Error => new TcpError('closed', `connection with ${this.remoteAddr}: the socket was closed`)
    this.stream.receiveReset(closed)
  }
}

/**
 * The end is on its way out. The system refuses a reset then, and Node forgets the socket without closing it: each would
 * cost a file descriptor for good (Node 20 to 26).
 */
function isEnding(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0
}

/**
 * Hands chunks, one or more, to a socket so that they leave in one system call, and frees those for one use when they
 * have. False when the socket is full: wait for `drain`.
 */
function writeAll(socket: Socket, chunks: readonly Uint8Array[]): boolean {
  const last = chunks.length - 1
  if (last > 0) socket.cork()
  for (let i = 0; i < last; i++) socket.write(chunks[i] as Uint8Array)
  const isWritable = socket.write(chunks[last] as Uint8Array, () => freeSingleUse(chunks))
  if (last > 0) socket.uncork()
  return isWritable
}

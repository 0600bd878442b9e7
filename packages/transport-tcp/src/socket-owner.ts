import type { Socket } from 'node:net'
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
  private stopLinger: Undo | undefined

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
    socket.on('error', err => stream.receiveReset(tcpError(`connection with ${this.remoteAddr}`, err)))
    socket.on('close', () => this.socketClosed())
  }

  queued(): void {
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
    if (socket.destroyed) return
    if (socket.remotePort !== undefined) socket.resetAndDestroy()
    // The reset alone waits until everything written has left, for ever where the remote does not read.
    socket.destroy()
  }

  /** The socket ends itself once what was written has left; `linger` sees to it that it does. */
  ended(): void {}

  // One per connection, not one per tick.
  private readonly flush = (): void => {
    this.isFlushDue = false
    const { stream, socket } = this
    if (socket.destroyed || this.isBlocked) return
    const chunks: Uint8Array[] = []
    if (stream.pull(chunks, MAX_WRITE_BATCH_BYTES) > 0) this.isBlocked = !writeAll(socket, chunks)
    if (stream.isFinQueued) this.sendFin()
    else if (stream.hasQueued) this.queued()
  }

  private unblock(): void {
    this.isBlocked = false
    if (this.stream.hasQueued) this.queued()
  }

  private sendFin(): void {
    this.socket.end()
    this.stream.finSent()
    this.linger(this.clock.now() + MAX_LINGER_MS)
  }

  /** Gives the remote its time to take our last bytes and to end its side. */
  private linger(deadline: number): void {
    const { socket, stream } = this
    const hadLeft = socket.writableFinished
    const patienceMs = hadLeft ? this.closeTimeoutMs : Math.max(FLUSH_TIMEOUT_MS, this.closeTimeoutMs)
    const before = { read: socket.bytesRead, waiting: socket.writableLength }
    this.stopLinger = this.clock.after(patienceMs, () => {
      const isMoving =
        socket.writableFinished !== hadLeft ||
        socket.bytesRead !== before.read ||
        socket.writableLength !== before.waiting ||
        // The reader holds the remote back: its end cannot be seen yet.
        stream.readBufferLength > 0
      const isLate = hadLeft && this.clock.now() >= deadline
      if (isMoving && !isLate) this.linger(hadLeft ? deadline : this.clock.now() + MAX_LINGER_MS)
      else this.giveUp()
    })
  }

  private giveUp(): void {
    const waiting = this.socket.writableFinished ? 'to end its side' : 'to take our last bytes'
    this.stream.receiveReset(new TcpError('timeout', `waited for ${this.remoteAddr} ${waiting}`))
    this.aborted()
  }

  private socketClosed(): void {
    this.stopLinger?.()
    this.stream.receiveReset(new TcpError('closed', `connection with ${this.remoteAddr}: the socket was closed`))
  }
}

/** Hands chunks to a socket so that they leave in one system call. False when it is full: wait for `drain`. */
function writeAll(socket: Socket, chunks: readonly Uint8Array[]): boolean {
  if (chunks.length === 1) return socket.write(chunks[0] as Uint8Array)
  let isWritable = true
  socket.cork()
  for (const chunk of chunks) isWritable = socket.write(chunk)
  socket.uncork()
  return isWritable
}

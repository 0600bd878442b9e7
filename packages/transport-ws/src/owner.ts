import type { Clock, Multiaddr, Undo } from '@ts-libp2p/interface'
import { type ByteStream, defer, type StreamOwner } from '@ts-libp2p/stream'
import { WsError } from './errors.ts'
import { gather } from './gather.ts'
import { FLUSH_TIMEOUT_MS, MAX_LINGER_MS, MAX_WRITE_BATCH_BYTES } from './limits.ts'

/** What the WebSockets of both platforms can do. */
export interface WebSocketPort {
  /** False once closing began at either side: nothing can be sent any more. */
  readonly isOpen: boolean
  /** Bytes written and not taken by the system yet. */
  readonly unsentBytes: number
  /** Changes whenever something arrived. */
  readonly receivedBytes: number
  /** Sends each as one binary message. False when full: `drained()` follows. */
  write(messages: readonly Uint8Array[]): boolean
  /** Stops or goes on reading, where that can be done. */
  read(wanted: boolean): void
  /** Closes in good order, after what was written. */
  close(): void
  /** Ends it at once, so that the remote sees no good order in it. */
  terminate(): void
}

export interface WebSocketOwnerInit {
  remoteAddr: Multiaddr
  clock: Clock
  closeTimeoutMs: number
}

/** Close codes (RFC 6455, 7.4.1) of a good end: normal, going away, none given. */
const GOOD_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005])

/**
 * Stands under one raw connection and moves its bytes to and from a WebSocket.
 *
 * WebSocket has no half-close: a side that receives a close answers it and sends no more. So the end of one side is the
 * end of both, and what the other had queued by then is lost; it learns so.
 */
export class WebSocketOwner implements StreamOwner {
  readonly remoteAddr: Multiaddr
  private readonly clock: Clock
  private readonly closeTimeoutMs: number
  private port!: WebSocketPort
  private stream!: ByteStream
  private isFlushDue = false
  private isBlocked = false
  private isOver = false
  private stopWatch: Undo | undefined
  /** What to say of bytes that are left to send when the remote has closed. */
  private lost: WsError | undefined

  constructor(init: WebSocketOwnerInit) {
    this.remoteAddr = init.remoteAddr
    this.clock = init.clock
    this.closeTimeoutMs = init.closeTimeoutMs
  }

  /** Puts the stream on the WebSocket. Nothing may have been read from it yet. */
  join(stream: ByteStream, port: WebSocketPort): void {
    this.stream = stream
    this.port = port
  }

  // ---- for the WebSocket -----------------------------------------------------------------------------------------

  received(chunk: Uint8Array): void {
    this.stream.receive(chunk)
  }

  receivedText(): void {
    this.stream.abort(new WsError('text-frame', `${this.remoteAddr} sent text, where only binary messages are allowed`))
  }

  drained(): void {
    this.isBlocked = false
    if (this.stream.hasQueued) this.queued()
  }

  /** Broken; the remote has been told, and gets its time to answer. */
  failed(err: WsError): void {
    this.stream.receiveReset(err)
    this.stopWatch?.()
    this.watchClose(0, this.clock.now() + MAX_LINGER_MS)
  }

  closed(code: number, reason: string): void {
    const { stream } = this
    this.isOver = true
    this.stopWatch?.()
    const said = `${this.remoteAddr} closed the WebSocket with code ${code}${reason === '' ? '' : `: ${reason}`}`
    if (!GOOD_CODES.has(code)) {
      stream.receiveReset(new WsError('reset', said))
      return
    }
    this.lost = new WsError('reset', `${said}, and bytes were left to send`)
    stream.receiveEnd()
    stream.close().catch(() => {})
    this.endSending()
  }

  // ---- for the stream --------------------------------------------------------------------------------------------

  queued(): void {
    if (this.isOver) {
      this.endSending()
      return
    }
    if (this.stopWatch === undefined && this.stream.status === 'closing') {
      this.watchClose(0, this.clock.now() + MAX_LINGER_MS)
    }
    if (this.isFlushDue || this.isBlocked) return
    this.isFlushDue = true
    defer(this.flush)
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.port.read(wanted)
  }

  aborted(): void {
    this.isOver = true
    this.stopWatch?.()
    this.port.terminate()
  }

  ended(): void {}

  // One per connection, not one per tick.
  private readonly flush = (): void => {
    this.isFlushDue = false
    const { stream, port } = this
    if (this.isOver || this.isBlocked || !port.isOpen) return
    const chunks: Uint8Array[] = []
    if (stream.pull(chunks, MAX_WRITE_BATCH_BYTES) > 0) this.isBlocked = !port.write(gather(chunks))
    if (stream.isFinQueued) {
      port.close()
      stream.finSent()
    } else if (stream.hasQueued) {
      this.queued()
    }
  }

  /** The remote has closed, which ends our side too. */
  private endSending(): void {
    const { stream, lost } = this
    if (lost === undefined) return
    defer(() => {
      if (stream.writeBufferLength > 0) stream.receiveReset(lost)
      else if (stream.isFinQueued) stream.finSent()
    })
  }

  /**
   * We are closing: the remote must go on taking what is left, then answer. A reader of ours that holds it back is not
   * its fault; the deadline, put off while we still send, holds all the same.
   */
  private watchClose(idleMs: number, deadline: number): void {
    const before = this.progress
    this.stopWatch = this.clock.after(this.closeTimeoutMs, () => {
      const isSending = this.unsentBytes > 0
      const isMoving = this.progress !== before || this.stream.readBufferLength > 0
      const idle = isMoving ? 0 : idleMs + this.closeTimeoutMs
      const end = isSending && isMoving ? this.clock.now() + MAX_LINGER_MS : deadline
      const isPatient = idle < (isSending ? FLUSH_TIMEOUT_MS : this.closeTimeoutMs)
      if (isPatient && this.clock.now() < end) return this.watchClose(idle, end)
      this.stream.receiveReset(new WsError('timeout', `${this.remoteAddr} does not answer our close`))
      this.aborted()
    })
  }

  private get unsentBytes(): number {
    return this.stream.writeBufferLength + this.port.unsentBytes
  }

  /** Differs from what it was when anything moved. */
  private get progress(): string {
    return `${this.unsentBytes} ${this.port.receivedBytes}`
  }
}

import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { ConnectionClosedError, type MessageStream, StreamResetError, type Undo } from '@ts-libp2p/interface'
import { ByteStream, clockOf, closeThrough, defer, type StreamOwner, toError } from '@ts-libp2p/stream'
import { fromOpenSsl, TlsError } from './errors.ts'
import { MAX_FLUSH_BYTES } from './limits.ts'
import { type RawEvents, RawPort } from './raw-port.ts'

/**
 * Node's TLS between a raw connection and the secured stream that it owns.
 *
 * When the connection is full, what is sent waits in the stream, and when nobody reads the stream, what arrives waits in
 * the connection; Node holds some tens of KiB in between. An end of the connection that TLS did not announce is a cut,
 * and resets the stream.
 */
export class TlsChannel implements StreamOwner, RawEvents {
  readonly socket: TLSSocket
  /** Resolves when the handshake is done; rejects when it failed. Who the remote is has to be looked at then. */
  readonly secured: Promise<void>
  private readonly stream: ByteStream
  private readonly raw: MessageStream
  private readonly role: 'client' | 'server'
  private readonly port: RawPort
  private state: 'handshake' | 'secured' | 'open' | 'over' = 'handshake'
  private failure: Error | undefined
  private resolveSecured: () => void = () => {}
  private rejectSecured: (err: Error) => void = () => {}
  private isFlushDue = false
  private isEnding = false
  private letGo: Undo = () => {}
  private isHeld = false
  private isRawEnded = false
  private isRemoteDone = false
  private isCheckDue = false

  /** `connect` begins the handshake over the duplex that it is given. */
  constructor(raw: MessageStream, role: 'client' | 'server', connect: (duplex: Duplex) => TLSSocket) {
    this.raw = raw
    this.role = role
    this.secured = new Promise((resolve, reject) => {
      this.resolveSecured = resolve
      this.rejectSecured = reject
    })
    this.secured.catch(() => {})
    this.stream = new ByteStream({
      ...{ owner: this, direction: raw.direction, log: raw.log, clock: clockOf(raw) },
      closesWithRemote: true
    })
    this.port = new RawPort(raw, this)
    this.socket = connect(this.port.duplex)
    this.socket.on('secure', () => this.handshakeDone())
    this.socket.on('error', this.onError)
    // Without a `tls.Server` around it, a listening socket keeps to itself what goes wrong after the handshake.
    this.socket.on('_tlsError', this.onError)
    this.socket.on('close', () => this.fail(new StreamResetError('TLS was closed below the stream')))
  }

  /** The secured stream, from now on in flow. Throws when the connection was lost since the handshake. */
  open(): ByteStream {
    if (this.failure !== undefined) throw this.failure
    this.state = 'open'
    this.letGo = closeThrough(this.raw, options => (this.isEnding ? undefined : this.stream.close(options)))
    this.socket.on('data', (chunk: Uint8Array) => this.received(chunk))
    this.socket.on('end', () => this.remoteDone())
    this.socket.on('drain', () => this.queued())
    this.checkEnd()
    return this.stream
  }

  // ---- for the stream above ----------------------------------------------------------------------------------------

  queued(): void {
    if (this.isFlushDue) return
    this.isFlushDue = true
    defer(() => {
      this.isFlushDue = false
      this.flush()
    })
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.isHeld = !wanted
    if (wanted) this.socket.resume()
    else this.socket.pause()
    this.checkEnd()
  }

  aborted(_: ByteStream, err: Error): void {
    this.release()
    this.raw.abort(err)
  }

  ended(): void {
    this.release()
  }

  // ---- for the connection below ------------------------------------------------------------------------------------

  rawEnded(): void {
    this.isRawEnded = true
    this.checkEnd()
  }

  rawDrained(): void {
    this.checkEnd()
  }

  rawClosed(error?: Error): void {
    if (error === undefined) this.rawEnded()
    else this.fail(error)
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  private handshakeDone(): void {
    if (this.state !== 'handshake') return
    this.state = 'secured'
    // What a server writes next are two session tickets, which Node cannot be kept from. Nobody waits for them.
    if (this.role === 'server') this.port.hold()
    this.resolveSecured()
  }

  private received(chunk: Uint8Array): void {
    if (this.state !== 'open') return
    this.stream.receive(chunk)
    this.checkEnd()
  }

  /** The remote's close_notify came, and everything before it was read. */
  private remoteDone(): void {
    if (this.state !== 'open') return
    this.isRemoteDone = true
    this.stream.receiveEnd()
  }

  private flush(): void {
    if (this.state !== 'open') return
    try {
      while (!this.socket.writableNeedDrain && this.stream.writeBufferLength > 0) this.write()
      if (this.stream.isFinQueued && !this.socket.writableNeedDrain) this.endSending()
    } catch (err) {
      this.fail(toError(err))
    }
  }

  /** What leaves as one shares records. */
  private write(): void {
    const chunks: Uint8Array[] = []
    this.port.letGo()
    this.stream.pull(chunks, MAX_FLUSH_BYTES)
    this.socket.cork()
    for (const chunk of chunks) this.socket.write(chunk)
    this.socket.uncork()
  }

  /** close_notify, then the end of our sending below. */
  private endSending(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.port.letGo()
    this.socket.once('finish', () => {
      if (this.state === 'open') this.stream.finSent()
    })
    this.socket.end()
  }

  /**
   * Looks whether the connection ended without close_notify: somebody may have cut it. That shows only once TLS has
   * nothing left to say, a turn of the event loop after the last bytes went in and out of it.
   */
  private checkEnd(): void {
    if (!this.isRawEnded || this.isCheckDue) return
    this.isCheckDue = true
    setImmediate(() => {
      this.isCheckDue = false
      if (this.state === 'handshake') this.fail(endedEarly())
      else if (this.state === 'open' && this.isDrained && !this.isRemoteDone) this.fail(truncated())
    })
  }

  private get isDrained(): boolean {
    return !this.isHeld && this.port.duplex.readableLength === 0 && this.socket.readableLength === 0
  }

  private readonly onError = (err: Error): void => this.fail(fromOpenSsl(err, this.state === 'handshake'))

  /** Something is wrong below or with the remote: the connection goes, what was received before can still be read. */
  private fail(err: Error): void {
    if (this.state === 'over') return
    this.failure = err
    this.release()
    this.rejectSecured(err)
    this.stream.receiveReset(err)
    this.raw.abort(err)
  }

  private release(): void {
    this.state = 'over'
    this.letGo()
    this.port.release()
    this.socket.destroy()
  }
}

function endedEarly(): ConnectionClosedError {
  return new ConnectionClosedError('the remote ended the connection in the middle of the TLS handshake')
}

function truncated(): TlsError {
  return new TlsError('truncated', 'the connection ended and the remote did not say so: somebody may have cut it')
}

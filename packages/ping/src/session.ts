import { bytesEqual } from '@ts-libp2p/bytes'
import type { Clock, Connection, Random, Stream, Undo } from '@ts-libp2p/interface'
import { Places, StreamReader, toError } from '@ts-libp2p/stream'
import { PingError } from './errors.ts'
import { CLOSE_TIMEOUT_MS, KEEP_STREAM_MS, MAX_OUTBOUND_STREAMS, MAX_WAITING_PINGS, PING_BYTES } from './limits.ts'

export const PING_PROTOCOL = '/ipfs/ping/1.0.0'

export interface PingSessionInit {
  connection: Connection
  clock: Clock
  random: Random
}

interface Kept {
  readonly stream: Stream
  readonly reader: StreamReader
}

/**
 * Our pings over one connection: one stream, kept open between them, and one ping at a time on it. A stream on which
 * anything went wrong is given up, since a late echo would answer the next ping.
 */
export class PingSession {
  private readonly connection: Connection
  private readonly clock: Clock
  private readonly random: Random
  private readonly turn = new Places(1, {
    limit: MAX_WAITING_PINGS,
    error: () => new PingError('too-many', `${MAX_WAITING_PINGS} pings wait already`)
  })
  private kept: Kept | undefined
  private stopIdleTimer: Undo | undefined

  constructor(init: PingSessionInit) {
    this.connection = init.connection
    this.clock = init.clock
    this.random = init.random
  }

  /** True while a ping runs or waits. */
  get isBusy(): boolean {
    return this.turn.areTaken
  }

  /** Milliseconds of one round trip. */
  async ping(signal: AbortSignal): Promise<number> {
    return await this.turn.run(() => this.inTurn(signal), signal)
  }

  /** Ends the stream in good order. */
  close(): void {
    const stream = this.kept?.stream
    this.kept = undefined
    this.stopIdleTimer?.()
    if (stream === undefined) return
    stream.inactivityTimeout = CLOSE_TIMEOUT_MS
    stream.close().catch((err: unknown) => stream.abort(toError(err)))
  }

  private async inTurn(signal: AbortSignal): Promise<number> {
    this.stopIdleTimer?.()
    try {
      return await this.roundTrip(signal)
    } finally {
      if (this.kept !== undefined) this.stopIdleTimer = this.clock.after(KEEP_STREAM_MS, () => this.close())
    }
  }

  private async roundTrip(signal: AbortSignal): Promise<number> {
    const kept = this.takeKept()
    if (kept === undefined) return this.exchange(await this.open(signal), signal)
    try {
      return await this.exchange(kept, signal)
    } catch (err) {
      // Listeners end long-lived streams as they see fit (go-libp2p after 30 s), so the old one's end says nothing yet.
      if (signal.aborted || isMismatch(err)) throw err
      return this.exchange(await this.open(signal), signal)
    }
  }

  private takeKept(): Kept | undefined {
    const kept = this.kept
    if (kept === undefined) return undefined
    const { stream } = kept
    if (stream.status === 'open' && stream.remoteWriteStatus !== 'closed') return kept
    this.kept = undefined
    stream.abort(new PingError('stream-failed', 'the remote ended the stream'))
    return undefined
  }

  private async open(signal: AbortSignal): Promise<Kept> {
    const stream = await this.connection.newStream(PING_PROTOCOL, {
      signal,
      runOnLimitedConnection: true,
      maxOutboundStreams: MAX_OUTBOUND_STREAMS
    })
    return { stream, reader: new StreamReader(stream) }
  }

  private async exchange(kept: Kept, signal: AbortSignal): Promise<number> {
    const { stream, reader } = kept
    this.kept = kept
    try {
      const sent = this.random.bytes(PING_BYTES)
      const start = this.clock.now()
      stream.send(sent)
      const echo = await reader.read(PING_BYTES, { signal })
      const ms = this.clock.now() - start
      if (!bytesEqual(echo, sent)) throw this.mismatch()
      return ms
    } catch (err) {
      this.kept = undefined
      stream.abort(toError(err))
      if (signal.aborted || isMismatch(err) || isUnsupported(err)) throw err
      throw this.streamFailed(err)
    }
  }

  private mismatch(): PingError {
    return new PingError('mismatch', `${this.connection.remotePeer} answered a ping with other bytes`)
  }

  private streamFailed(cause: unknown): PingError {
    const why = toError(cause).message
    return new PingError('stream-failed', `${this.connection.remotePeer} did not answer a ping: ${why}`, { cause })
  }
}

function isMismatch(err: unknown): boolean {
  return err instanceof PingError && err.code === 'mismatch'
}

/** The remote does not know the protocol: it never will, and the caller should see it as it is. */
export function isUnsupported(err: unknown): boolean {
  return (err as Error | null)?.name === 'UnsupportedProtocolError'
}

import {
  AbortError,
  type AbortOptions,
  type Connection,
  type DialTarget,
  InvalidParametersError,
  type Logger,
  type Node,
  NotStartedError,
  type Startable,
  type Stream,
  serviceCapabilities,
  type Undo
} from '@ts-libp2p/interface'
import { type Deadline, Deadlines } from '@ts-libp2p/stream'
import { echo } from './echo.ts'
import { PingError } from './errors.ts'
import { INBOUND_IDLE_MS, MAX_KEPT_STREAMS, MAX_MEASURED_PINGS, MAX_OUTBOUND_STREAMS } from './limits.ts'
import type { CheckedOptions } from './options.ts'
import { isUnsupported, PING_PROTOCOL, PingSession } from './session.ts'

export interface MeasureOptions extends AbortOptions {
  /** Pings to send, one after the other. Default 10, at most 1,000. */
  count?: number
}

/** Milliseconds. */
export interface RoundTrips {
  /** In the order they were taken. */
  samplesMs: number[]
  minMs: number
  medianMs: number
  maxMs: number
}

export interface Ping extends Startable {
  /**
   * Connects where needed, sends 32 random bytes and waits for their echo. Resolves to the milliseconds of that round
   * trip, dialling and the opening of the stream not included. Pings over one connection take turns.
   *
   * Rejects with a `PingError` (`timeout`, `mismatch`, `stream-failed`, `too-many`), an `UnsupportedProtocolError`, a
   * `NotStartedError`, or what dialling rejects with.
   */
  ping(target: DialTarget, options?: AbortOptions): Promise<number>
  /** Several pings in a row. Rejects with the first that fails. */
  measure(target: DialTarget, options?: MeasureOptions): Promise<RoundTrips>
}

export class PingService implements Ping {
  private readonly node: Node
  private readonly options: CheckedOptions
  private readonly log: Logger
  /** The one used longest ago is first. */
  private readonly sessions = new Map<Connection, PingSession>()
  private readonly unanswering = new WeakSet<Connection>()
  private readonly deadlines: Deadlines
  private readonly answering = new Set<Stream>()
  private isStarted = false
  private undos: Undo[] = []

  constructor(node: Node, options: CheckedOptions) {
    this.node = node
    this.options = options
    Object.assign(this, { [serviceCapabilities]: ['@libp2p/ping'] })
    this.deadlines = new Deadlines(node.clock)
    this.log = node.logger.forComponent('libp2p:ping')
  }

  start(): void {
    if (this.isStarted) return
    this.isStarted = true
    this.undos = [
      this.node.handle(PING_PROTOCOL, stream => this.answer(stream), {
        maxInboundStreams: this.options.maxInboundStreams,
        maxOutboundStreams: MAX_OUTBOUND_STREAMS,
        runOnLimitedConnection: true
      }),
      this.node.on('connection:close', connection => {
        this.sessions.delete(connection)
      })
    ]
    if (this.options.intervalMs !== undefined) this.pingAllEvery(this.options.intervalMs)
  }

  stop(): void {
    if (!this.isStarted) return
    this.isStarted = false
    for (const undo of this.undos.splice(0)) undo()
    const stopped = new AbortError('the ping service was stopped')
    this.deadlines.abortAll(stopped)
    for (const stream of this.answering) stream.abort(stopped)
    for (const session of this.sessions.values()) session.close()
    this.sessions.clear()
  }

  async ping(target: DialTarget, options: AbortOptions = {}): Promise<number> {
    const { signal, clear } = this.limit(target, options.signal)
    try {
      signal.throwIfAborted()
      const connection = await this.node.dial(target, { signal })
      signal.throwIfAborted()
      return await this.sessionOf(connection).ping(signal)
    } finally {
      clear()
    }
  }

  async measure(target: DialTarget, options: MeasureOptions = {}): Promise<RoundTrips> {
    const { count = 10, signal } = options
    if (!(Number.isInteger(count) && count > 0 && count <= MAX_MEASURED_PINGS)) {
      throw new InvalidParametersError(`count must be an integer from 1 to ${MAX_MEASURED_PINGS}, not ${count}`)
    }
    const samplesMs: number[] = []
    while (samplesMs.length < count) samplesMs.push(await this.ping(target, { signal }))
    return summary(samplesMs)
  }

  private async answer(stream: Stream): Promise<void> {
    stream.inactivityTimeout = INBOUND_IDLE_MS
    this.answering.add(stream)
    try {
      await echo(stream)
    } finally {
      this.answering.delete(stream)
    }
  }

  private limit(target: DialTarget, signal?: AbortSignal): Deadline {
    if (!this.isStarted) throw new NotStartedError('the ping service is not started')
    const { timeoutMs } = this.options
    const late = (): PingError => new PingError('timeout', `no answer from ${target} to a ping within ${timeoutMs} ms`)
    return this.deadlines.set(timeoutMs, late, signal)
  }

  private sessionOf(connection: Connection): PingSession {
    const { clock, random } = this.node
    const session = this.sessions.get(connection) ?? new PingSession({ connection, clock, random })
    this.sessions.delete(connection)
    this.sessions.set(connection, session)
    if (this.sessions.size > MAX_KEPT_STREAMS) this.dropOldest()
    return session
  }

  private dropOldest(): void {
    for (const [connection, session] of this.sessions) {
      if (session.isBusy) continue
      session.close()
      this.sessions.delete(connection)
      return
    }
  }

  private pingAllEvery(intervalMs: number): void {
    let cancel: Undo = () => {}
    const round = (): void => {
      cancel = this.node.clock.after(intervalMs, round)
      for (const connection of this.node.connections()) {
        if (connection.limits === undefined && !this.unanswering.has(connection)) void this.check(connection)
      }
    }
    cancel = this.node.clock.after(intervalMs, round)
    this.undos.push(() => cancel())
  }

  /** One ping of the interval. Gives up on a connection that is dead. */
  private async check(connection: Connection): Promise<void> {
    const session = this.sessionOf(connection)
    if (session.isBusy) return
    const { signal, clear } = this.limit(connection.remotePeer)
    try {
      await session.ping(signal)
    } catch (err) {
      this.onCheckFailed(connection, err)
    } finally {
      clear()
    }
  }

  private onCheckFailed(connection: Connection, err: unknown): void {
    if (!this.isStarted) return
    this.log('ping of %p failed - %e', connection.remotePeer, err)
    if (isUnsupported(err)) this.unanswering.add(connection)
    if (err instanceof PingError && err.code === 'timeout') connection.abort(err)
  }
}

function summary(samplesMs: number[]): RoundTrips {
  const sorted = samplesMs.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] as number
  const last = sorted.length - 1
  const medianMs = (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2
  return { samplesMs, minMs: at(0), medianMs, maxMs: at(last) }
}

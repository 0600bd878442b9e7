import {
  AbortError,
  type AbortOptions,
  type Clock,
  type Connection,
  type DialTarget,
  InvalidParametersError,
  type Logger,
  type Node,
  NotStartedError,
  type Startable,
  type Stream,
  type Undo
} from '@ts-libp2p/interface'
import { Deadlines, toError } from '@ts-libp2p/stream'
import { Transfer } from './client.ts'
import { PerfError } from './errors.ts'
import { MAX_OUTBOUND_STREAMS, REPORT_INTERVAL_MS, STALL_TIMEOUT_MS } from './limits.ts'
import type { PerfOptions } from './options.ts'
import { serve } from './server.ts'

export const PERF_PROTOCOL = '/perf/1.0.0'

/**
 * - `connection`: a connection is there; `timeSeconds` is how long that took
 * - `stream`: a stream is open; how long that took
 * - `intermediary`: what was transferred since the report before, about once per second
 * - `final`: the whole transfer, with the time for connection and stream
 *
 * Bytes count as uploaded when the stream has taken them: up to 256 KiB may still be on their way out.
 */
export interface PerfReport {
  type: 'connection' | 'stream' | 'intermediary' | 'final'
  timeSeconds: number
  uploadBytes: number
  downloadBytes: number
}

export interface MeasurePerformanceOptions extends AbortOptions {
  /** Measure over a connection that is open already. Default false: makes one, and closes it in the end. */
  reuseExistingConnection?: boolean
  /** Gets every report just before it is yielded. */
  onProgress?: (report: PerfReport) => void
}

export interface Perf extends Startable {
  /**
   * Sends and then receives that many bytes, and reports on the way. Leaving the iteration early ends the transfer.
   *
   * Throws an `InvalidParametersError`, a `NotStartedError`, a `PerfError` (`wrong-length`, `stream-failed`), what
   * dialling rejects with, or `signal.reason`.
   */
  measurePerformance(
    target: DialTarget,
    sendBytes: number,
    receiveBytes: number,
    options?: MeasurePerformanceOptions
  ): AsyncGenerator<PerfReport, void, undefined>
}

export class PerfService implements Perf {
  private readonly node: Node
  private readonly options: Required<PerfOptions>
  private readonly log: Logger
  private readonly deadlines: Deadlines
  private unhandle: Undo | undefined

  constructor(node: Node, options: Required<PerfOptions>) {
    this.node = node
    this.options = options
    this.log = node.logger.forComponent('libp2p:perf')
    this.deadlines = new Deadlines(node.clock)
  }

  start(): void {
    const { maxInboundStreams, runOnLimitedConnection } = this.options
    this.unhandle ??= this.node.handle(PERF_PROTOCOL, (stream, connection) => this.answer(stream, connection), {
      maxInboundStreams,
      maxOutboundStreams: MAX_OUTBOUND_STREAMS,
      runOnLimitedConnection
    })
  }

  stop(): void {
    this.unhandle?.()
    this.unhandle = undefined
    this.deadlines.abortAll(new AbortError('the perf service was stopped'))
  }

  async *measurePerformance(
    target: DialTarget,
    sendBytes: number,
    receiveBytes: number,
    options: MeasurePerformanceOptions = {}
  ): AsyncGenerator<PerfReport, void, undefined> {
    checkLength('sendBytes', sendBytes)
    checkLength('receiveBytes', receiveBytes)
    if (this.unhandle === undefined) throw new NotStartedError('the perf service is not started')
    const { signal, clear } = this.deadlines.follow(options.signal)
    try {
      for await (const report of this.measure(target, sendBytes, receiveBytes, { ...options, signal })) {
        options.onProgress?.(report)
        yield report
      }
    } finally {
      clear()
    }
  }

  private async *measure(
    target: DialTarget,
    sendBytes: number,
    receiveBytes: number,
    options: MeasurePerformanceOptions
  ): AsyncGenerator<PerfReport, void, undefined> {
    const { clock } = this.node
    const { signal, reuseExistingConnection = false } = options
    const startMs = clock.now()
    const connection = await this.node.dial(target, { signal, force: !reuseExistingConnection })
    try {
      const connectedMs = clock.now()
      yield { type: 'connection', timeSeconds: seconds(connectedMs - startMs), uploadBytes: 0, downloadBytes: 0 }
      yield* this.measureStream(connection, sendBytes, receiveBytes, startMs, signal)
    } finally {
      if (!reuseExistingConnection) await this.release(connection)
    }
  }

  private async *measureStream(
    connection: Connection,
    sendBytes: number,
    receiveBytes: number,
    startMs: number,
    signal?: AbortSignal
  ): AsyncGenerator<PerfReport, void, undefined> {
    const { clock } = this.node
    const openMs = clock.now()
    const stream = await this.open(connection, signal)
    try {
      yield { type: 'stream', timeSeconds: seconds(clock.now() - openMs), uploadBytes: 0, downloadBytes: 0 }
      const transfer = new Transfer(stream)
      yield* intermediaries(clock, transfer, transfer.run(sendBytes, receiveBytes, { signal }))
      const timeSeconds = seconds(clock.now() - startMs)
      yield { type: 'final', timeSeconds, uploadBytes: transfer.uploadedBytes, downloadBytes: transfer.downloadedBytes }
    } catch (err) {
      stream.abort(toError(err))
      throw signal?.aborted === true ? signal.reason : wrapped(err, connection)
    } finally {
      // A consumer that left early ends here without an error; after a whole transfer this changes nothing.
      stream.abort(new AbortError('the measurement was ended'))
    }
  }

  private async open(connection: Connection, signal?: AbortSignal): Promise<Stream> {
    const stream = await connection.newStream(PERF_PROTOCOL, {
      signal,
      maxOutboundStreams: MAX_OUTBOUND_STREAMS,
      runOnLimitedConnection: this.options.runOnLimitedConnection
    })
    stream.inactivityTimeout = STALL_TIMEOUT_MS
    return stream
  }

  private async release(connection: Connection): Promise<void> {
    await connection.close().catch((err: unknown) => connection.abort(toError(err)))
  }

  private async answer(stream: Stream, connection: Connection): Promise<void> {
    const { maxDownloadBytes, maxDurationMs } = this.options
    const late = (): PerfError => new PerfError('timeout', `a transfer took longer than ${maxDurationMs} ms`)
    const { signal, clear } = this.deadlines.set(maxDurationMs, late)
    stream.inactivityTimeout = STALL_TIMEOUT_MS
    try {
      const length = await serve(stream, maxDownloadBytes, { signal })
      this.log('sent %d bytes to %p', length, connection.remotePeer)
    } finally {
      clear()
    }
  }
}

/** Reports once per interval until the transfer has ended, and throws what it fails with. */
async function* intermediaries(
  clock: Clock,
  transfer: Transfer,
  run: Promise<void>
): AsyncGenerator<PerfReport, void, undefined> {
  // Whoever leaves the iteration early does not wait for the end.
  run.catch(() => {})
  let last = { ms: clock.now(), uploadBytes: 0, downloadBytes: 0 }
  while ((await tickOrEnd(clock, run)) === 'tick') {
    const now = { ms: clock.now(), uploadBytes: transfer.uploadedBytes, downloadBytes: transfer.downloadedBytes }
    yield {
      type: 'intermediary',
      timeSeconds: seconds(now.ms - last.ms),
      uploadBytes: now.uploadBytes - last.uploadBytes,
      downloadBytes: now.downloadBytes - last.downloadBytes
    }
    last = now
  }
}

function tickOrEnd(clock: Clock, run: Promise<void>): Promise<'tick' | 'end'> {
  return new Promise((resolve, reject) => {
    const stopTimer = clock.after(REPORT_INTERVAL_MS, () => resolve('tick'))
    run.then(() => resolve('end'), reject).finally(stopTimer)
  })
}

function checkLength(name: string, length: number): void {
  if (Number.isSafeInteger(length) && length >= 0) return
  throw new InvalidParametersError(`${name} must be an integer from 0 to 2^53 - 1, not ${length}`)
}

function wrapped(err: unknown, connection: Connection): unknown {
  const { name, message } = toError(err)
  if (name === 'PerfError' || name === 'UnsupportedProtocolError') return err
  return new PerfError('stream-failed', `the transfer with ${connection.remotePeer} failed: ${message}`, { cause: err })
}

function seconds(ms: number): number {
  return ms / 1000
}

import {
  type AbortOptions,
  type Clock,
  type Connection,
  ConnectionClosedError,
  type ConnectionLimits,
  type ConnectionStatus,
  connectionSymbol,
  LimitedConnectionError,
  type Logger,
  type MessageStream,
  type MessageStreamDirection,
  type MessageStreamEvents,
  type Multiaddr,
  type MultiaddrConnection,
  type MultiaddrConnectionTimeline,
  type NewStreamOptions,
  type PeerId,
  type Stream,
  type StreamCloseEvent,
  type StreamMuxer,
  TimeoutError,
  type TypedEventTarget,
  type Undo
} from '@ts-libp2p/interface'
import { handle, select, selectOptimistic } from '@ts-libp2p/multistream-select'
import { CloseEvent, isAttachable, isOver, type MuxerShellEvents, TypedEvents, toError } from '@ts-libp2p/stream'
import { SwarmError } from './errors.ts'
import type { SwarmLimits } from './limits.ts'
import type { HandlerRecord, ProtocolRegistry } from './registry.ts'

export interface SwarmConnectionInit {
  id: string
  raw: MultiaddrConnection
  /** What the muxer stands on: the raw connection, or its secured form. */
  secured: MessageStream
  muxer: StreamMuxer
  remotePeer: PeerId
  direction: MessageStreamDirection
  encryption?: string
  limits?: ConnectionLimits
  registry: ProtocolRegistry
  /** The protocols that the peer was identified with; undefined until then. */
  knownProtocols: (peer: PeerId) => readonly string[] | undefined
  swarmLimits: SwarmLimits
  clock: Clock
  log: Logger
}

/** What an upgrade makes of a raw connection. */
export type UpgradedParts = Pick<
  SwarmConnectionInit,
  'raw' | 'secured' | 'muxer' | 'remotePeer' | 'direction' | 'encryption' | 'limits'
>

/** An authenticated, multiplexed connection: opens and answers streams, and negotiates their protocols. */
export class SwarmConnection
  extends TypedEvents<Omit<MessageStreamEvents, 'drain' | 'message' | 'end'>>
  implements Connection
{
  static {
    Object.defineProperty(SwarmConnection.prototype, connectionSymbol, { value: true })
  }

  readonly id: string
  readonly remoteAddr: Multiaddr
  readonly remotePeer: PeerId
  readonly direction: MessageStreamDirection
  readonly timeline: MultiaddrConnectionTimeline
  readonly multiplexer: string
  readonly encryption?: string
  readonly limits?: ConnectionLimits
  readonly log: Logger

  private readonly init: SwarmConnectionInit
  private readonly muxer: StreamMuxer
  /** Open streams by direction and protocol; none while the connection is idle. */
  private openCounts: Map<string, number> | undefined
  private state: ConnectionStatus = 'open'
  private closing: Promise<void> | undefined
  /** Why the peer's session was ended, while the connection below it still is. */
  private failure: Error | undefined

  constructor(init: SwarmConnectionInit) {
    super()
    this.init = init
    this.id = init.id
    this.muxer = init.muxer
    this.remoteAddr = init.raw.remoteAddr
    this.remotePeer = init.remotePeer
    this.direction = init.direction
    this.multiplexer = init.muxer.protocol
    this.encryption = init.encryption
    this.limits = init.limits
    this.log = init.log
    this.timeline = init.raw.timeline
    this.timeline.upgraded = Math.floor(init.clock.now())
    init.raw.addEventListener('close', event => this.onClosed(event))
    // Only our muxers tell: with others it shows when the connection below ends.
    ;(init.muxer as StreamMuxer & TypedEventTarget<MuxerShellEvents>).addEventListener('close', event =>
      this.onMuxerClosed(event)
    )
    if (isOver(init.raw.status)) this.onClosed(new CloseEvent(false, new ConnectionClosedError()))
  }

  get status(): ConnectionStatus {
    return this.state
  }

  get streams(): Stream[] {
    return this.muxer.streams
  }

  get direct(): boolean {
    return this.limits === undefined && !this.remoteAddr.getComponents().some(c => c.name === 'p2p-circuit')
  }

  /** The latest round-trip time that the muxer measured, milliseconds. */
  get rtt(): number | undefined {
    return (this.muxer as { rtt?: number }).rtt
  }

  /** Begins to answer the remote's streams. Those opened before wait in the muxer. */
  accept(): void {
    this.muxer.addEventListener('stream', event => {
      this.onInbound(event.detail).catch((err: unknown) => {
        this.log('a stream of %p was given up - %e', this.remotePeer, err)
        event.detail.abort(toError(err))
      })
    })
  }

  async newStream(protocols: string | string[], options: NewStreamOptions = {}): Promise<Stream> {
    const names = [protocols].flat()
    options.signal?.throwIfAborted()
    this.checkMayOpen(names, options)
    options.onProgress?.({ type: 'connection:open-stream', detail: { connection: this, protocols: names } })
    const stream = await this.muxer.createStream({ signal: options.signal })
    try {
      const protocol = await this.negotiate(stream, names, options)
      stream.protocol = protocol
      this.count(stream, protocol)
      await this.throughMiddleware(stream, protocol)
      options.onProgress?.({ type: 'connection:opened-stream', detail: { connection: this, stream } })
      return stream
    } catch (err) {
      stream.abort(toError(err))
      throw err
    }
  }

  /**
   * Sends what the streams hold, then ends the connection, whatever the peer keeps open; cuts it when `signal` aborts or
   * `closeTimeoutMs` pass.
   */
  async close(options: AbortOptions = {}): Promise<void> {
    if (isOver(this.state)) return
    if (this.state === 'open') this.state = 'closing'
    this.closing ??= this.closeGracefully(options)
    await this.closing
  }

  abort(err: Error): void {
    if (isOver(this.state)) return
    this.muxer.abort(err)
    this.init.raw.abort(err)
    this.onClosed(new CloseEvent(true, err))
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private async closeGracefully({ signal }: AbortOptions): Promise<void> {
    const { clock, swarmLimits, raw, secured } = this.init
    const cut = (): void => this.abort(new TimeoutError('the connection did not close in time'))
    const stopTimer = clock.after(swarmLimits.closeTimeoutMs, cut)
    signal?.addEventListener('abort', cut, { once: true })
    try {
      await this.muxer.close({ signal })
      // Muxers of js-libp2p leave their connection open, and its TLS would lose what it still holds.
      await secured.close({ signal })
      await raw.close({ signal })
      if (!isOver(raw.status)) await closed(raw)
    } catch (err) {
      this.abort(toError(err))
    } finally {
      stopTimer()
      signal?.removeEventListener('abort', cut)
    }
  }

  /** No stream can be opened any more, although our last bytes may still be on their way out. */
  private onMuxerClosed({ error }: StreamCloseEvent): void {
    if (this.state === 'open') this.state = 'closing'
    this.failure ??= error
  }

  private onClosed({ local, error: cause }: StreamCloseEvent): void {
    if (isOver(this.state)) return
    const error = this.failure ?? cause
    if (error === undefined) this.state = 'closed'
    else this.state = local === true ? 'aborted' : 'reset'
    this.timeline.close ??= Math.floor(this.init.clock.now())
    if (this.muxer.status !== 'closed') this.muxer.abort(error ?? new ConnectionClosedError())
    this.dispatchEvent(new CloseEvent(local, error))
  }

  private checkMayOpen(names: string[], options: NewStreamOptions): void {
    if (this.state !== 'open') throw new ConnectionClosedError(`the connection to ${this.remotePeer} is ${this.state}`)
    const name = names[0] ?? ''
    if (this.limits !== undefined && options.runOnLimitedConnection !== true) {
      throw new LimitedConnectionError(`${name} may not run over the relayed connection to ${this.remotePeer}`)
    }
    const limit = options.maxOutboundStreams ?? this.init.registry.maxOutboundStreams(name)
    if ((this.openCounts?.get(`outbound ${name}`) ?? 0) >= limit) {
      throw new SwarmError(
        'too-many-streams',
        `${limit} outbound ${name} streams to ${this.remotePeer} are open already`
      )
    }
  }

  /**
   * With one protocol that the peer is not known to lack, the stream is used at once and a refusal comes with the
   * first answer. The same when the peer is known to speak one of several. Else it waits for the answer.
   */
  private async negotiate(stream: Stream, names: string[], options: NewStreamOptions): Promise<string> {
    const known = this.init.knownProtocols(this.remotePeer)
    const sure = known === undefined ? (names.length === 1 ? names[0] : undefined) : names.find(n => known.includes(n))
    const stopTimer = this.limitTime(stream)
    if (sure === undefined || options.negotiateFully === true || !isAttachable(stream)) {
      return await select(stream, names, { signal: options.signal }).finally(stopTimer)
    }
    const { confirmed } = selectOptimistic(stream, sure, { signal: options.signal })
    confirmed.then(stopTimer, stopTimer)
    return sure
  }

  private async onInbound(stream: Stream): Promise<void> {
    const protocol = await this.agree(stream)
    const record = this.init.registry.get(protocol)
    if (record === undefined) throw new SwarmError('stopped', `${protocol} is not answered any more`)
    this.checkMayAnswer(record)
    stream.protocol = protocol
    this.count(stream, protocol)
    await this.throughMiddleware(stream, protocol)
    await record.handler(stream, this)
  }

  /** When nothing is agreed on, the refusals are sent before the stream is given up: they are the reason to be told. */
  private async agree(stream: Stream): Promise<string> {
    const stopTimer = this.limitTime(stream)
    try {
      return await handle(stream, this.init.registry.records)
    } catch (err) {
      await stream.close().catch(() => {})
      throw err
    } finally {
      stopTimer()
    }
  }

  private checkMayAnswer({ protocol, options }: HandlerRecord): void {
    if (this.limits !== undefined && options.runOnLimitedConnection !== true) {
      throw new LimitedConnectionError(`${protocol} is not answered over relayed connections`)
    }
    const limit = this.init.registry.maxInboundStreams(protocol)
    if ((this.openCounts?.get(`inbound ${protocol}`) ?? 0) >= limit) {
      throw new SwarmError('too-many-streams', `${limit} inbound ${protocol} streams from ${this.remotePeer} are open`)
    }
  }

  private async throughMiddleware(stream: Stream, protocol: string): Promise<void> {
    for (const step of this.init.registry.middleware(protocol)) {
      await new Promise<void>((resolve, reject) => {
        Promise.resolve(step(stream, this, () => resolve())).catch(reject)
      })
    }
  }

  private limitTime(stream: Stream): Undo {
    const { clock, swarmLimits } = this.init
    const ms = swarmLimits.protocolTimeoutMs
    return clock.after(ms, () => stream.abort(new TimeoutError(`no protocol was agreed on within ${ms} ms`)))
  }

  private count(stream: Stream, protocol: string): void {
    if (isOver(stream.status)) return
    const key = `${stream.direction} ${protocol}`
    this.openCounts ??= new Map()
    this.openCounts.set(key, (this.openCounts.get(key) ?? 0) + 1)
    stream.addEventListener('close', () => this.uncount(key))
  }

  private uncount(key: string): void {
    const left = (this.openCounts?.get(key) ?? 1) - 1
    if (left > 0) this.openCounts?.set(key, left)
    else this.openCounts?.delete(key)
    if (this.openCounts?.size === 0) this.openCounts = undefined
  }
}

function closed(raw: MultiaddrConnection): Promise<void> {
  return new Promise(resolve => raw.addEventListener('close', () => resolve(), { once: true }))
}

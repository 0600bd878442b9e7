import {
  AbortError,
  type AbortOptions,
  type DialTarget,
  type Logger,
  type Node,
  NotStartedError,
  type PeerDiscovery,
  type PeerDiscoveryEvents,
  type PeerInfo,
  peerDiscoverySymbol,
  type Startable,
  type Undo
} from '@ts-libp2p/interface'
import { Loop, TypedEvents } from '@ts-libp2p/stream'
import { type Found, type FoundPeer, RendezvousClient } from './client.ts'
import { RendezvousError } from './errors.ts'
import * as limits from './limits.ts'
import type { CheckedOptions } from './options.ts'

export interface RegisterOptions extends AbortOptions {
  /** Seconds. Default: that of the service's options. */
  readonly ttlSeconds?: number
}

export interface DiscoverOptions extends AbortOptions {
  /** At most so many peers. Default 1,000, which is also what points give at most. */
  readonly limit?: number
  /** From the discovery before: only what came after. */
  readonly cookie?: Uint8Array
}

export interface Rendezvous extends Startable, PeerDiscovery {
  readonly [peerDiscoverySymbol]: PeerDiscovery
  /**
   * Registers us once, and resolves with the seconds granted. What is in the options is registered and renewed by itself.
   *
   * Rejects, as the others do, with a `RendezvousError`, a `TimeoutError`, or what dialling rejects with.
   */
  register(point: DialTarget, ns: string, options?: RegisterOptions): Promise<number>
  unregister(point: DialTarget, ns: string, options?: AbortOptions): Promise<void>
  /** Who is registered: in a namespace, or in any where it is empty. Peers whose records are not valid are left out. */
  discover(point: DialTarget, ns?: string, options?: DiscoverOptions): Promise<Found>
}

export function createRendezvous(node: Node, options: CheckedOptions): Rendezvous {
  return new RendezvousService(node, options)
}

class RendezvousService extends TypedEvents<PeerDiscoveryEvents> implements Rendezvous {
  private readonly node: Node
  private readonly options: CheckedOptions
  private readonly log: Logger
  private readonly client: RendezvousClient
  private readonly registrations: Loop[]
  private readonly discoveries: Loop[]
  /** Of each point and namespace the latest. */
  private readonly cookies = new Map<string, Uint8Array>()
  private state: 'stopped' | 'started' = 'stopped'
  private undo: Undo = () => {}

  constructor(node: Node, options: CheckedOptions) {
    super()
    this.node = node
    this.options = options
    this.log = node.logger.forComponent('libp2p:rendezvous')
    this.client = new RendezvousClient(node, options.timeoutMs)
    this.registrations = options.isRegistering ? this.loops((...pair) => this.keepRegistered(...pair)) : []
    this.discoveries = options.isDiscovering ? this.loops((...pair) => this.look(...pair)) : []
  }

  get [peerDiscoverySymbol](): PeerDiscovery {
    return this
  }

  start(): void {
    this.state = 'started'
  }

  /** Once the node listens: before, there is nothing to register. */
  afterStart(): void {
    this.undo = this.node.on('self:peer:update', () => {
      for (const loop of this.registrations) loop.poke(limits.ADDRESS_SETTLE_MS)
    })
    for (const loop of [...this.registrations, ...this.discoveries]) loop.start()
  }

  /** Says farewell to the points that are connected. */
  async beforeStop(): Promise<void> {
    const stopped = this.stopLoops()
    if (!this.options.isRegistering || this.state === 'stopped') return
    const signals = new AbortController()
    const cancel = this.node.clock.after(limits.UNREGISTER_TIMEOUT_MS, () => signals.abort(stopped))
    const farewells = this.pairs().map(async ([point, ns]) => {
      if (this.isConnected(point)) await this.client.unregister(point, ns, signals)
    })
    await Promise.allSettled(farewells)
    cancel()
  }

  stop(): void {
    this.state = 'stopped'
    this.client.abortAll(this.stopLoops())
  }

  async register(point: DialTarget, ns: string, options: RegisterOptions = {}): Promise<number> {
    this.mustBeStarted()
    const { ttlSeconds = this.options.ttlSeconds, signal } = options
    return await this.client.register(point, ns, ttlSeconds, { signal })
  }

  async unregister(point: DialTarget, ns: string, options: AbortOptions = {}): Promise<void> {
    this.mustBeStarted()
    await this.client.unregister(point, ns, options)
  }

  async discover(point: DialTarget, ns = '', options: DiscoverOptions = {}): Promise<Found> {
    this.mustBeStarted()
    return await this.client.discover(point, ns, options)
  }

  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, err)
  }

  /** One round of a registration's loop. */
  private async keepRegistered(point: DialTarget, ns: string, signal: AbortSignal): Promise<number> {
    // Without an address there is nothing to tell: the next change of our addresses pokes the loop.
    if (this.node.addresses().length === 0) return limits.MAX_RETRY_MS
    const granted = await this.client.register(point, ns, this.options.ttlSeconds, { signal })
    const seconds = Math.min(granted > 0 ? granted : this.options.ttlSeconds, limits.MAX_TTL_SECONDS)
    return Math.max(seconds * 500, limits.FIRST_RETRY_MS)
  }

  /** One round of a discovery's loop: every page since the last. */
  private async look(point: DialTarget, ns: string, signal: AbortSignal): Promise<number> {
    const name = `${point} ${ns}`
    for (let pages = 0; pages < limits.MAX_PAGES; pages++) {
      const { peers, cookie } = await this.page(point, ns, this.cookies.get(name), signal)
      this.cookies.set(name, cookie)
      for (const peer of peers) this.tell(peer)
      if (peers.length === 0) break
    }
    return this.options.discoverIntervalMs
  }

  /** A point that lost its key, or its memory, does not know our cookie: then we begin anew. */
  private async page(
    point: DialTarget,
    ns: string,
    cookie: Uint8Array | undefined,
    signal: AbortSignal
  ): Promise<Found> {
    try {
      return await this.client.discover(point, ns, { cookie, signal })
    } catch (err) {
      if (cookie === undefined || !(err instanceof RendezvousError) || err.code !== 'invalid-cookie') throw err
      return await this.client.discover(point, ns, { signal })
    }
  }

  private tell({ id, multiaddrs, record }: FoundPeer): void {
    this.node.peerStore.consumePeerRecord(record, { expectedPeer: id }).catch(err => {
      this.log.error('the record of %p could not be stored - %e', id, err)
    })
    this.safeDispatchEvent<PeerInfo>('peer', { detail: { id, multiaddrs } })
  }

  private loops(run: (point: DialTarget, ns: string, signal: AbortSignal) => Promise<number>): Loop[] {
    const { clock, random } = this.node
    return this.pairs().map(
      ([point, ns]) =>
        new Loop({
          ...{ clock, random, firstRetryMs: limits.FIRST_RETRY_MS, maxRetryMs: limits.MAX_RETRY_MS },
          run: signal => run(point, ns, signal),
          onError: err => this.log('%s in the namespace %s - %e', point, ns, err)
        })
    )
  }

  private pairs(): (readonly [DialTarget, string])[] {
    return this.options.points.flatMap(point => this.options.namespaces.map(ns => [point, ns] as const))
  }

  private stopLoops(): AbortError {
    const stopped = new AbortError('the rendezvous service was stopped')
    this.undo()
    for (const loop of [...this.registrations, ...this.discoveries]) loop.stop(stopped)
    return stopped
  }

  private isConnected(point: DialTarget): boolean {
    return this.node.connections().some(({ remotePeer }) => String(point).endsWith(String(remotePeer)))
  }

  private mustBeStarted(): void {
    if (this.state === 'stopped') throw new NotStartedError('the rendezvous service is not started')
  }
}

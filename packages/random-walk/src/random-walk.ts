import {
  AbortError,
  type AbortOptions,
  type Logger,
  type Node,
  NotStartedError,
  type PeerDiscovery,
  type PeerDiscoveryEvents,
  type PeerInfo,
  type PeerRouting,
  peerDiscoverySymbol,
  type Startable
} from '@ts-libp2p/interface'
import { Deadlines, Loop, TypedEvents } from '@ts-libp2p/stream'
import { RandomWalkError } from './errors.ts'
import * as limits from './limits.ts'
import type { CheckedOptions } from './options.ts'
import { Walker } from './walker.ts'

export interface RandomWalk extends Startable, PeerDiscovery {
  readonly [peerDiscoverySymbol]: PeerDiscovery
  /**
   * Peers from all over the network, each once, for as long as they are asked for. Those who walk at the same time share
   * the lookups, and nobody looks up more often than the options allow: ask for as many as are needed, then stop.
   *
   * Throws a `NotStartedError`, a `RandomWalkError` (`too-many`), or `signal.reason`. A lookup that fails is logged and
   * followed by another.
   */
  walk(options?: AbortOptions): AsyncGenerator<PeerInfo>
}

/** What is asked for random keys. */
export type WalkRouting = Pick<PeerRouting, 'getClosestPeers'>

export function createRandomWalk(node: Node, options: CheckedOptions): RandomWalk {
  return new RandomWalkService(node, options)
}

class RandomWalkService extends TypedEvents<PeerDiscoveryEvents> implements RandomWalk {
  private readonly node: Node
  private readonly options: CheckedOptions
  private readonly log: Logger
  private readonly deadlines: Deadlines
  private readonly loop: Loop
  private readonly walkers = new Set<Walker>()
  private initialLeft = 0
  private nextAt = 0
  private isStarted = false

  constructor(node: Node, options: CheckedOptions) {
    super()
    this.node = node
    this.options = options
    this.log = node.logger.forComponent('libp2p:random-walk')
    this.deadlines = new Deadlines(node.clock)
    this.loop = new Loop({
      ...{ clock: node.clock, random: node.random },
      firstRetryMs: Math.max(limits.FIRST_RETRY_MS, options.minIntervalMs * 2),
      maxRetryMs: Math.max(limits.MAX_RETRY_MS, options.minIntervalMs * 2),
      run: signal => this.round(signal),
      onError: err => this.log('a random lookup failed - %e', err)
    })
  }

  get [peerDiscoverySymbol](): PeerDiscovery {
    return this
  }

  start(): void {
    this.isStarted = true
    this.initialLeft = this.options.initialLookups
  }

  /** Once there may be somebody to ask. */
  afterStart(): void {
    const { initialLookups, minIntervalMs, intervalMs } = this.options
    this.loop.start(initialLookups > 0 ? minIntervalMs : intervalMs)
  }

  stop(): void {
    if (!this.isStarted) return
    this.isStarted = false
    const stopped = new AbortError('the random walk was stopped')
    this.loop.stop(stopped)
    this.deadlines.abortAll(stopped)
  }

  async *walk(options: AbortOptions = {}): AsyncGenerator<PeerInfo> {
    if (!this.isStarted) throw new NotStartedError('the random walk is not started')
    if (this.walkers.size >= limits.MAX_WALKERS) {
      throw new RandomWalkError('too-many', `${this.walkers.size} walk already`)
    }
    const { signal, clear } = this.deadlines.follow(options.signal)
    const walker = new Walker()
    this.walkers.add(walker)
    try {
      for (;;) {
        if (walker.isHungry) this.loop.poke(this.earliestMs())
        yield await walker.next({ signal })
      }
    } finally {
      this.walkers.delete(walker)
      clear()
    }
  }

  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, err)
  }

  /** One lookup, of a random key. */
  private async round(parent: AbortSignal): Promise<number> {
    const { timeoutMs, minIntervalMs, intervalMs } = this.options
    this.nextAt = this.node.clock.now() + minIntervalMs
    const late = (): RandomWalkError => new RandomWalkError('timeout', `a lookup took more than ${timeoutMs} ms`)
    const { signal, clear } = this.deadlines.set(timeoutMs, late, parent)
    try {
      await this.lookUp(signal)
    } finally {
      clear()
    }
    this.initialLeft--
    const isWanted = this.initialLeft > 0 || [...this.walkers].some(({ isHungry }) => isHungry)
    return isWanted ? this.earliestMs() : intervalMs
  }

  private async lookUp(signal: AbortSignal): Promise<void> {
    let count = 0
    const key = this.node.random.bytes(limits.KEY_BYTES)
    for await (const peer of this.options.routing().getClosestPeers(key, { signal })) {
      signal.throwIfAborted()
      if (!peer.id.equals(this.node.peerId)) this.found(peer)
      if (++count >= limits.MAX_PEERS_PER_LOOKUP) return
    }
    // A router that ends when it is told to stop has not found everything.
    signal.throwIfAborted()
  }

  private found(peer: PeerInfo): void {
    for (const walker of this.walkers) walker.offer(peer)
    this.safeDispatchEvent<PeerInfo>('peer', { detail: peer })
  }

  private earliestMs(): number {
    return Math.max(0, this.nextAt - this.node.clock.now())
  }
}

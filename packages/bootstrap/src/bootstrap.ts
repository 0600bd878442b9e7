import {
  AbortError,
  type AbortOptions,
  type Connection,
  type Logger,
  type Multiaddr,
  type Node,
  type PeerDiscovery,
  type PeerDiscoveryEvents,
  type PeerId,
  type PeerInfo,
  peerDiscoverySymbol,
  type Startable,
  TimeoutError,
  type Undo
} from '@ts-libp2p/interface'
import { withPeerId } from '@ts-libp2p/multiaddr'
import { Deadlines, Loop, TypedEvents } from '@ts-libp2p/stream'
import { candidates } from './candidates.ts'
import { BootstrapError } from './errors.ts'
import * as limits from './limits.ts'
import { type CheckedOptions, checkedAddress } from './options.ts'
import { type ListedAddress, PeerList } from './peer-list.ts'
import { type ProvenPeer, ProvenPeers } from './proven-peers.ts'
import { parseAddress, Storage } from './storage.ts'

export interface Bootstrap extends Startable, PeerDiscovery {
  readonly [peerDiscoverySymbol]: PeerDiscovery
  /** The addresses to begin with: the defaults that were not removed, and those added. */
  list(): ListedAddress[]
  /** Peers that proved themselves, the one seen last first. They are tried when the list does not suffice. */
  proven(): ProvenPeer[]
  /**
   * Adds an address that names its peer, or a `dnsaddr` name, for this and later runs. False when it is there already.
   * Rejects with an `InvalidParametersError` or a `BootstrapError` (`full`, `not-stored`).
   */
  add(address: string | Multiaddr): Promise<boolean>
  /** Removes an address, or every address of a peer, from the list and the proven peers. False when there was none. */
  remove(target: string | Multiaddr | PeerId): Promise<boolean>
  /**
   * Connects now, until enough peers are connected. Resolves with how many there are. Rejects with a `BootstrapError`
   * (`unreachable`, `no-peers`) when there is none.
   */
  connect(options?: AbortOptions): Promise<number>
}

export function createBootstrap(node: Node, options: CheckedOptions): Bootstrap {
  return new BootstrapService(node, options)
}

class BootstrapService extends TypedEvents<PeerDiscoveryEvents> implements Bootstrap {
  private readonly node: Node
  private readonly options: CheckedOptions
  private readonly log: Logger
  private readonly peerList: PeerList
  private readonly provenPeers = new ProvenPeers()
  private readonly storage: Storage | undefined
  private readonly deadlines: Deadlines
  private readonly loop: Loop
  private loading: Promise<void> | undefined
  private savedAt = 0
  private undos: Undo[] = []

  constructor(node: Node, options: CheckedOptions) {
    super()
    this.node = node
    this.options = options
    this.log = node.logger.forComponent('libp2p:bootstrap')
    this.peerList = new PeerList(options.peers)
    this.storage = options.datastore && new Storage(options.datastore)
    this.deadlines = new Deadlines(node.clock)
    this.loop = new Loop({
      ...{ clock: node.clock, random: node.random },
      ...{ firstRetryMs: limits.FIRST_RETRY_MS, maxRetryMs: limits.MAX_RETRY_MS },
      run: signal => this.round(signal),
      onError: err => this.log('%e', err)
    })
  }

  get [peerDiscoverySymbol](): PeerDiscovery {
    return this
  }

  async start(): Promise<void> {
    await this.load()
  }

  afterStart(): void {
    this.undos = [this.node.on('peer:disconnect', () => this.loop.poke(limits.LOSS_SETTLE_MS))]
    this.loop.start()
  }

  /** What was learned is kept before the connections go. */
  async beforeStop(): Promise<void> {
    const stopped = new AbortError('the bootstrap service was stopped')
    for (const undo of this.undos.splice(0)) undo()
    this.loop.stop(stopped)
    this.deadlines.abortAll(stopped)
    this.noteProven()
    await this.saveProven()
  }

  stop(): void {
    const stopped = new AbortError('the bootstrap service was stopped')
    this.loop.stop(stopped)
    this.deadlines.abortAll(stopped)
  }

  list(): ListedAddress[] {
    return this.peerList.entries()
  }

  proven(): ProvenPeer[] {
    return this.provenPeers.list()
  }

  async add(given: string | Multiaddr): Promise<boolean> {
    const address = checkedAddress(given)
    await this.load()
    if (!this.peerList.add(address)) return false
    await this.saveEdits()
    this.loop.poke()
    return true
  }

  async remove(target: string | Multiaddr | PeerId): Promise<boolean> {
    await this.load()
    const name = typeof target === 'string' ? (parseAddress(target) ?? target) : target
    const wasListed = this.peerList.remove(name as Multiaddr | PeerId)
    const wasProven = this.provenPeers.remove(String(name))
    if (wasListed) await this.saveEdits()
    if (wasProven) await this.saveProven()
    return wasListed || wasProven
  }

  async connect({ signal }: AbortOptions = {}): Promise<number> {
    signal?.throwIfAborted()
    await this.load()
    const deadline = this.deadlines.follow(signal)
    try {
      return await this.connectEnough(deadline.signal)
    } finally {
      deadline.clear()
    }
  }

  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, err)
  }

  private async round(signal: AbortSignal): Promise<number> {
    const isNews = this.noteProven()
    if (isNews || this.node.clock.now() - this.savedAt >= limits.SAVE_INTERVAL_MS) await this.saveProven()
    await this.connectEnough(signal)
    return this.options.checkIntervalMs
  }

  /** The user's list first, since it is trusted; where that does not suffice, those that proved themselves. */
  private async connectEnough(signal: AbortSignal): Promise<number> {
    if (this.hasEnough()) return this.connectedPeers().size
    const onError = (address: Multiaddr, error: unknown): void => this.log('%a leads nowhere - %e', address, error)
    const addresses = this.list().map(({ address }) => address)
    const listed = await candidates(addresses, this.options.resolver, onError, { signal })
    for (const peer of listed) this.announce(peer)
    const failures = await this.dialAll(listed, signal)
    const known = new Set(listed.map(({ id }) => String(id)))
    const proven = this.proven().filter(({ id }) => !known.has(String(id)))
    const others = proven.map(({ id, addresses }) => ({ id, multiaddrs: [...addresses] }))
    failures.push(...(await this.dialAll(others, signal)))
    return this.connectedOrThrow(listed.length + others.length, failures)
  }

  private connectedOrThrow(tried: number, failures: readonly unknown[]): number {
    const { size } = this.connectedPeers()
    if (size > 0) return size
    if (tried === 0) throw new BootstrapError('no-peers', 'there is nobody to connect to: the bootstrap list is empty')
    const message = `none of ${tried} bootstrap peers could be connected to`
    throw new BootstrapError('unreachable', message, { cause: failures[0] })
  }

  /** In order, and one more at once than are missing, since some will fail. Resolves with what went wrong. */
  private async dialAll(peers: readonly PeerInfo[], signal: AbortSignal): Promise<unknown[]> {
    const failures: unknown[] = []
    const left = peers.filter(({ id }) => !id.equals(this.node.peerId))
    let dialling = 0
    const isBusy = (): boolean => this.connectedPeers().size + dialling > this.options.minPeers
    const work = async (): Promise<void> => {
      while (left.length > 0 && !signal.aborted && !this.hasEnough() && !isBusy()) {
        const peer = left.shift() as PeerInfo
        if (this.connectedPeers().has(String(peer.id))) continue
        dialling++
        await this.dial(peer, signal).catch(err => failures.push(err))
        dialling--
      }
    }
    await Promise.all(Array.from({ length: limits.MAX_PARALLEL_DIALS }, work))
    signal.throwIfAborted()
    return failures
  }

  private async dial({ id, multiaddrs }: PeerInfo, parent: AbortSignal): Promise<void> {
    const { dialTimeoutMs } = this.options
    const late = (): TimeoutError => new TimeoutError(`${id} was not connected to within ${dialTimeoutMs} ms`)
    const { signal, clear } = this.deadlines.set(dialTimeoutMs, late, parent)
    try {
      await this.node.dial(multiaddrs, { signal })
    } catch (err) {
      this.log('the bootstrap peer %p is not reachable - %e', id, err)
      throw err
    } finally {
      clear()
    }
  }

  private announce(peer: PeerInfo): void {
    if (peer.id.equals(this.node.peerId)) return
    const { name, value, ttlMs } = this.options.tag
    this.node.peerStore.merge(peer.id, { tags: { [name]: { value, ttl: ttlMs } } }).catch(err => {
      this.log.error('the bootstrap peer %p could not be tagged - %e', peer.id, err)
    })
    this.safeDispatchEvent<PeerInfo>('peer', { detail: peer })
  }

  /** True when a peer, or an address of one, proved itself for the first time. */
  private noteProven(): boolean {
    const now = this.node.clock.now()
    let isNews = this.provenPeers.expire(now)
    for (const connection of this.node.connections()) {
      if (!isProven(connection, now)) continue
      const { remotePeer, remoteAddr } = connection
      if (this.provenPeers.note(remotePeer, withPeerId(remoteAddr, remotePeer), now)) isNews = true
    }
    return isNews
  }

  private hasEnough(): boolean {
    return this.connectedPeers().size >= this.options.minPeers
  }

  private connectedPeers(): Set<string> {
    return new Set(this.node.connections().map(({ remotePeer }) => String(remotePeer)))
  }

  private load(): Promise<void> {
    this.loading ??= this.readStored().catch(err => {
      this.loading = undefined
      this.log.error('what was stored of bootstrap peers cannot be read - %e', err)
    })
    return this.loading
  }

  private async readStored(): Promise<void> {
    if (this.storage === undefined) return
    this.peerList.restore(await this.storage.readEdits(), parseAddress)
    const now = this.node.clock.now()
    for (const peer of await this.storage.readProven()) this.provenPeers.restore(peer, now)
    this.savedAt = now
  }

  private async saveEdits(): Promise<void> {
    try {
      await this.storage?.writeEdits(this.peerList.edits())
    } catch (cause) {
      throw new BootstrapError('not-stored', 'the change of the bootstrap list could not be stored', { cause })
    }
  }

  private async saveProven(): Promise<void> {
    try {
      await this.storage?.writeProven(this.proven())
      this.savedAt = this.node.clock.now()
    } catch (err) {
      this.log.error('the proven peers could not be stored - %e', err)
    }
  }
}

/** We dialled it, it needed no relay, and it has held for a while. */
function isProven({ direction, direct, limits: relay, timeline, status }: Connection, now: number): boolean {
  if (direction !== 'outbound' || !direct || relay !== undefined || status !== 'open') return false
  return now - timeline.open >= limits.PROVEN_AFTER_MS
}

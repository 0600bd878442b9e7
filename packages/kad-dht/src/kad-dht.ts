import {
  type AbortOptions,
  type Connection,
  type ContentRouting,
  type ContentRoutingProvider,
  contentRoutingSymbol,
  type Node,
  NotStartedError,
  type PeerId,
  type PeerRouting,
  type PeerRoutingProvider,
  peerRoutingSymbol,
  type RoutingOptions,
  type Startable,
  type Undo
} from '@ts-libp2p/interface'
import { isGlobalUnicast } from '@ts-libp2p/multiaddr'
import { peerIdFromBytes } from '@ts-libp2p/peer-id'
import type { CID } from 'multiformats/cid'
import { type Contact, contactOf } from './contact.ts'
import { Core } from './core.ts'
import { type CrawlEvent, type CrawlOptions, crawlNetwork } from './crawl/crawl-network.ts'
import { groupsOf, OPERATOR } from './groups.ts'
import type { CheckedOptions } from './options.ts'
import type { QueryEvent } from './query/events.ts'
import { findPeer, getClosestPeers, type Sources } from './query/find-peers.ts'
import { findProviders, provide } from './query/providers.ts'
import { Query, type QueryLog } from './query/query.ts'
import { type GetOptions, get, put } from './query/values.ts'
import { contentRoutingOf, peerRoutingOf } from './routing.ts'
import { AnswerStreams } from './rpc/answer-streams.ts'
import { StreamMessenger } from './rpc/stream-messenger.ts'
import type { RoutingTable } from './table/routing-table.ts'
import { Upkeep } from './upkeep.ts'

export type Mode = 'client' | 'server'

export interface SetModeOptions {
  /** Announce the mode again although it is the same. Default false. */
  readonly force?: boolean
}

/** What a DHT does for its users. */
export interface KadOperations {
  /** Where a peer is: ends with FINAL_PEER, or throws a `KadError` (`not-found`). */
  findPeer(id: PeerId, options?: RoutingOptions): Query
  /** The peers nearest to a key, which is hashed: for a peer the bytes of its id. One FINAL_PEER each at the end. */
  getClosestPeers(key: Uint8Array, options?: RoutingOptions): Query
  /**
   * Announces to the peers nearest to it that we have some content, now and every 22 hours until it is cancelled: also when
   * nobody could be told this time, which throws a `KadError` (`not-stored`).
   */
  provide(key: CID, options?: RoutingOptions): Query
  /** Announces it no more. What was announced expires 48 hours after. */
  cancelReprovide(key: CID, options?: RoutingOptions): Promise<void>
  /** Who has some content: PROVIDER events as they are found. Leave the loop when there are enough. */
  findProviders(key: CID, options?: RoutingOptions): Query
  /**
   * Stores a value at the peers nearest to its key, now and every 22 hours as long as it is valid. The key is
   * `/<namespace>/…`. Throws a `KadError`: `invalid-record`, `outdated`, `too-large`, `not-stored`.
   */
  put(key: Uint8Array, value: Uint8Array, options?: RoutingOptions): Query
  /** Finds the best valid value: the last VALUE event. Throws a `KadError` (`not-found`, `quorum`). */
  get(key: Uint8Array, options?: RoutingOptions & GetOptions): Query
  /** Looks up our own id and a key in every bucket. Happens by itself. */
  refreshRoutingTable(options?: AbortOptions): Promise<void>
}

export interface KadDHT extends KadOperations, Startable, PeerRoutingProvider, ContentRoutingProvider {
  /** The size of buckets, answers and results. */
  readonly k: number
  /** Requests at once. */
  readonly a: number
  /** Disjoint paths. */
  readonly d: number
  readonly protocol: string
  /** Who is known. For looking at only. */
  readonly routingTable: Pick<RoutingTable, 'size' | 'view' | 'closest'>
  /** Peers of the network, estimated from the lookups of the last two hours; undefined until there were five. */
  readonly networkSize: number | undefined

  getMode(): Mode
  /** Sets the mode by hand; it is not switched by itself any more. */
  setMode(mode: Mode, options?: SetModeOptions): Promise<void>
  /** Announces again what is due. Happens by itself. */
  reprovide(options?: AbortOptions): Promise<void>
  /** Visits every peer of the network that can be found, and tells of each. */
  crawl(options?: CrawlOptions & AbortOptions): AsyncGenerator<CrawlEvent>
}

/** What belongs together in this package sees a little more. */
export interface KadDHTNode extends KadDHT {
  /** What the DHT knows and decides, without streams. */
  readonly core: Core
}

export function createKadDHT(node: Node, options: CheckedOptions): KadDHTNode {
  return new KadDHTService(node, options)
}

class KadDHTService implements KadDHTNode {
  readonly protocol: string
  readonly core: Core
  readonly [peerRoutingSymbol]: PeerRouting = peerRoutingOf(this)
  readonly [contentRoutingSymbol]: ContentRouting = contentRoutingOf(this)

  private readonly node: Node
  private readonly options: CheckedOptions
  private readonly messenger: StreamMessenger
  private readonly streams: AnswerStreams
  private readonly upkeep: Upkeep
  private isStarted = false
  private undos: Undo[] = []
  private stopServing: Undo | undefined
  private isModeFixed: boolean
  private mode: Mode = 'client'

  constructor(node: Node, options: CheckedOptions) {
    this.node = node
    this.options = options
    this.protocol = options.protocol
    const log = node.logger.forComponent(options.logPrefix)
    this.messenger = new StreamMessenger(node, options.protocol)
    this.core = new Core({
      ...{ options, messenger: this.messenger, clock: node.clock, random: node.random, log },
      self: () => this.self(),
      connected: id => this.connected(id)
    })
    this.streams = new AnswerStreams(this.core.server, log)
    this.upkeep = new Upkeep(this.core)
    this.isModeFixed = options.clientMode !== undefined
  }

  get k(): number {
    return this.core.k
  }

  get a(): number {
    return this.options.alpha
  }

  get d(): number {
    return this.options.disjointPaths
  }

  get routingTable(): Pick<RoutingTable, 'size' | 'view' | 'closest'> {
    return this.core.table
  }

  get networkSize(): number | undefined {
    return this.core.networkSize.estimate(this.node.clock.now())
  }

  // ---- life ------------------------------------------------------------------------------------------------------

  async start(): Promise<void> {
    if (this.isStarted) return
    this.isStarted = true
    await this.core.start()
    if (!this.isStarted) return
    const { node, protocol } = this
    this.undos = [
      node.watch(protocol, {
        onConnect: id => this.onServer(id),
        onDisconnect: id => this.onServerGone(id)
      }),
      node.on('peer:update', ({ peer }) => {
        if (this.core.knows(peer.id)) void this.onServer(peer.id)
      }),
      node.on('self:peer:update', () => this.switchMode())
    ]
    if (this.options.clientMode === false) this.serve()
    this.switchMode()
    this.upkeep.start()
  }

  async stop(): Promise<void> {
    if (!this.isStarted) return
    this.isStarted = false
    for (const undo of this.undos.splice(0)) undo()
    this.upkeep.stop()
    this.ask()
    const stopped = this.core.stop()
    this.messenger.stop()
    await stopped
  }

  getMode(): Mode {
    return this.mode
  }

  async setMode(mode: Mode, { force = false }: SetModeOptions = {}): Promise<void> {
    this.isModeFixed = true
    if (mode === this.mode && !force) return
    this.ask()
    if (mode === 'server') this.serve()
  }

  // ---- queries ---------------------------------------------------------------------------------------------------

  findPeer(id: PeerId, options: RoutingOptions = {}): Query {
    return this.query(options, (log, signal) => findPeer(this.core, id, sourcesOf(options), log, signal))
  }

  getClosestPeers(key: Uint8Array, options: RoutingOptions = {}): Query {
    return this.query(options, (log, signal) => getClosestPeers(this.core, key, log, signal))
  }

  provide(key: CID, options: RoutingOptions = {}): Query {
    const { core } = this
    const { bytes } = key.multihash
    return this.query(options, async function* (log, signal) {
      core.own.begin(bytes)
      yield* provide(core, bytes, log, signal)
      core.own.announced(bytes, core.clock.now())
    })
  }

  async cancelReprovide(key: CID): Promise<void> {
    this.core.own.cancel(key.multihash.bytes)
  }

  findProviders(key: CID, options: RoutingOptions = {}): Query {
    return this.query(options, (log, signal) =>
      findProviders(this.core, key.multihash.bytes, sourcesOf(options), log, signal)
    )
  }

  put(key: Uint8Array, value: Uint8Array, options: RoutingOptions = {}): Query {
    return this.query(options, (log, signal) => put(this.core, key, value, log, signal))
  }

  get(key: Uint8Array, options: RoutingOptions & GetOptions = {}): Query {
    return this.query(options, (log, signal) => get(this.core, key, { ...options, ...sourcesOf(options) }, log, signal))
  }

  async refreshRoutingTable({ signal }: AbortOptions = {}): Promise<void> {
    this.checkStarted()
    await this.upkeep.refresh(signal)
  }

  async reprovide({ signal }: AbortOptions = {}): Promise<void> {
    this.checkStarted()
    await this.upkeep.reprovide(signal)
  }

  async *crawl({ signal, ...options }: CrawlOptions & AbortOptions = {}): AsyncGenerator<CrawlEvent> {
    this.checkStarted()
    const scope = this.core.begin(signal)
    try {
      yield* crawlNetwork(this.core, options, scope.signal)
    } finally {
      scope.end()
    }
  }

  /** Begins when it is first read, and ends with the caller's signal or the service. */
  private query(
    { signal, onProgress }: RoutingOptions,
    run: (log: QueryLog, signal: AbortSignal) => AsyncGenerator<QueryEvent>
  ): Query {
    const events = async function* (service: KadDHTService, log: QueryLog): AsyncGenerator<QueryEvent> {
      service.checkStarted()
      const scope = service.core.begin(signal)
      try {
        for await (const event of run(log, scope.signal)) {
          onProgress?.({ type: PROGRESS_NAMES[event.name], detail: event })
          yield event
        }
      } finally {
        scope.end()
      }
    }
    return new Query(log => events(this, log))
  }

  private checkStarted(): void {
    if (!this.isStarted) throw new NotStartedError('the DHT is not started')
  }

  // ---- who is there ------------------------------------------------------------------------------------------------

  private self(): Contact {
    const { multiaddrs } = this.options.peerInfoMapper({ id: this.node.peerId, multiaddrs: this.node.addresses() })
    return contactOf(this.node.peerId, multiaddrs)
  }

  /** A peer that speaks the protocol connected, or told its addresses. */
  private async onServer(id: PeerId): Promise<void> {
    const [connection] = this.node.connections(id)
    const { peerStore } = this.node
    const known = (await peerStore.has(id)) ? (await peerStore.getInfo(id)).multiaddrs : []
    const contact = this.core.contacts.usable(id, known)
    if (!this.isStarted || contact === undefined || !this.isNear(contact, connection)) return
    // Where it really is, if we know: addresses can be made up.
    const groups = groupsOf(connection === undefined ? contact.multiaddrs : [connection.remoteAddr], OPERATOR)
    this.core.meet({ contact, groups, isConnected: connection !== undefined })
  }

  /** Addresses of local networks are of use only with peers of the same one: those that reach us from such an address. */
  private isNear({ id, multiaddrs }: Contact, connection: Connection | undefined): boolean {
    if (connection === undefined || multiaddrs.some(isGlobalUnicast)) return true
    return this.options.peerInfoMapper({ id, multiaddrs: [connection.remoteAddr] }).multiaddrs.length > 0
  }

  private onServerGone(id: PeerId): void {
    const contact = contactOf(id, [])
    // Still connected, it has told us that it does not serve any more.
    if (this.node.connections(id).length > 0) this.core.dismiss(contact)
    else this.core.table.disconnected(contact)
  }

  private connected(id: Uint8Array): Promise<Contact | undefined> | undefined {
    let peer: PeerId
    try {
      peer = peerIdFromBytes(id)
    } catch {
      return undefined
    }
    const [connection] = this.node.connections(peer)
    if (connection === undefined) return undefined
    // Until it has told its addresses, the one that it was reached at will do.
    const dialled = connection.direction === 'outbound' ? [connection.remoteAddr] : []
    return this.node.peerStore.getInfo(peer).then(
      ({ multiaddrs }) => this.core.contacts.usable(peer, multiaddrs.length > 0 ? multiaddrs : dialled),
      () => this.core.contacts.usable(peer, dialled)
    )
  }

  // ---- mode --------------------------------------------------------------------------------------------------------

  /** Serves as long as others can reach us. */
  private switchMode(): void {
    if (this.isModeFixed) return
    const isReachable = this.self().multiaddrs.length > 0
    if (isReachable && this.mode === 'client') this.serve()
    if (!isReachable && this.mode === 'server') this.ask()
  }

  private serve(): void {
    this.mode = 'server'
    this.stopServing ??= this.node.handle(
      this.protocol,
      (stream, connection) => this.streams.serve(stream, connection),
      {
        maxInboundStreams: this.options.maxInboundStreams
      }
    )
  }

  private ask(): void {
    this.mode = 'client'
    this.stopServing?.()
    this.stopServing = undefined
    this.streams.stop()
  }
}

function sourcesOf({ useCache = true, useNetwork = true }: RoutingOptions): Sources {
  return { useCache, useNetwork }
}

const PROGRESS_NAMES: Readonly<Record<QueryEvent['name'], string>> = {
  SEND_QUERY: 'kad-dht:query:send-query',
  PEER_RESPONSE: 'kad-dht:query:peer-response',
  FINAL_PEER: 'kad-dht:query:final-peer',
  QUERY_ERROR: 'kad-dht:query:query-error',
  PROVIDER: 'kad-dht:query:provider',
  VALUE: 'kad-dht:query:value',
  ADD_PEER: 'kad-dht:query:add-peer',
  DIAL_PEER: 'kad-dht:query:dial-peer',
  PATH_ENDED: 'kad-dht:query:path-ended'
}

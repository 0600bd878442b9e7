import {
  type AbortOptions,
  type Clock,
  type ComponentLogger,
  type Connection,
  type DialTarget,
  type IdentifyResult,
  type Logger,
  type Metrics,
  type Multiaddr,
  type NewStreamOptions,
  type Node,
  type NodeEvents,
  NotStartedError,
  type PeerId,
  type PeerStore,
  type PendingDial,
  type PrivateKey,
  type Random,
  type Stream,
  type StreamHandler,
  type StreamHandlerOptions,
  type StreamMiddleware,
  type Topology,
  type Transport,
  type Undo
} from '@ts-libp2p/interface'
import { withPeerId } from '@ts-libp2p/multiaddr'
import { defer, NodeEventTarget, toError } from '@ts-libp2p/stream'
import { InboundHandshakes } from '#handshakes'
import { Listeners } from '#listeners'
import { SwarmConnection, type UpgradedParts } from './connection.ts'
import { ConnectionTable } from './connection-table.ts'
import { Dialer } from './dialer.ts'
import { Emitter } from './emitter.ts'
import { SwarmError } from './errors.ts'
import type { SwarmLimits } from './limits.ts'
import { addByProtocol, type Components, type Factory, make, resolveLimits, type SwarmOptions } from './options.ts'
import { Pruner } from './pruner.ts'
import { ProtocolRegistry } from './registry.ts'
import { Topologies } from './topology.ts'
import { Upgrader } from './upgrader.ts'

type SwarmStatus = 'stopped' | 'started' | 'stopping'

/** Makes a swarm. Throws at once, with a sentence that says what to change, when the options cannot work. */
export function createSwarm(options: SwarmOptions): Swarm {
  return new Swarm(options)
}

/** The connections of a node: dials, listens, upgrades, counts and prunes them, and is the `Node` that services see. */
export class Swarm implements Node {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly peerStore: PeerStore
  readonly logger: ComponentLogger
  readonly clock: Clock
  readonly random: Random
  readonly metrics?: Metrics
  readonly components: Components
  readonly transports: readonly Transport[]

  private readonly options: SwarmOptions
  private readonly limits: SwarmLimits
  private readonly log: Logger
  private readonly emitter: Emitter
  private readonly table = new ConnectionTable()
  private readonly registry: ProtocolRegistry
  private readonly topologies: Topologies
  private readonly dialer: Dialer
  private readonly listeners: Listeners
  private readonly pruner: Pruner
  /** Protocols of connected peers, as they were identified. */
  private readonly known = new Map<string, readonly string[]>()
  private status: SwarmStatus = 'stopped'
  private stopping: Promise<void> | undefined
  private isUpdateDue = false
  private nextId = 1

  constructor(options: SwarmOptions) {
    this.options = options
    this.peerId = options.peerId
    this.privateKey = options.privateKey
    this.peerStore = options.peerStore
    this.logger = options.logger
    this.clock = options.clock
    this.random = options.random
    this.metrics = options.metrics
    this.limits = resolveLimits(options.limits)
    this.log = options.logger.forComponent('libp2p:swarm')
    this.emitter = new Emitter(this.log)
    this.topologies = new Topologies(this.log)
    this.registry = new ProtocolRegistry(this.limits, () => this.selfChanged())

    const encrypters: ConstructorParameters<typeof Upgrader>[0]['encrypters'] = new Map()
    const muxers: ConstructorParameters<typeof Upgrader>[0]['muxers'] = new Map()
    const upgraderInit: ConstructorParameters<typeof Upgrader>[0] = {
      encrypters,
      muxers,
      gater: options.connectionGater ?? {},
      handshakes: new InboundHandshakes(this.limits, this.clock),
      limits: this.limits,
      clock: this.clock,
      create: parts => this.createConnection(parts),
      admit: connection => this.admit(connection)
    }
    const upgrader = new Upgrader(upgraderInit)
    const { peerId, privateKey, peerStore, logger, clock, random, metrics } = options
    const events = new NodeEventTarget(this)
    this.components = { peerId, privateKey, peerStore, logger, clock, random, metrics, upgrader, events }

    const made = <Module>(factory: Factory<Module>): Module => make(factory, this.components)
    addByProtocol(muxers, options.streamMuxers.map(made), 'streamMuxers')
    addByProtocol(encrypters, options.connectionEncrypters.map(made), 'connectionEncrypters')
    if (options.connectionProtector !== undefined) upgraderInit.protector = made(options.connectionProtector)
    this.transports = options.transports.map(made)

    this.listeners = new Listeners({
      transports: this.transports,
      upgrader,
      log: this.log,
      onChange: (event, listener) => {
        this.emitter.emit(event, listener)
        this.selfChanged()
      }
    })
    this.listeners.check(options.addresses?.listen ?? [])
    this.dialer = new Dialer({
      self: this.peerId,
      transports: this.transports,
      upgrader,
      resolver: options.resolver,
      gater: options.connectionGater ?? {},
      limits: this.limits,
      clock: this.clock,
      addressesOf: (peer, abort) => this.addressesOf(peer, abort),
      existing: peer => this.table.best(peer),
      admit: connection => this.admit(connection)
    })
    this.pruner = new Pruner({
      policy: this.limits,
      now: () => this.clock.now(),
      peerStore: this.peerStore,
      connections: () => this.table.all(),
      pruned: connections => this.emitter.emit('connection:prune', connections),
      failed: err => this.log.error('pruning failed - %e', toError(err))
    })
    this.emitter.on('peer:identify', result => this.onIdentified(result))
    this.emitter.on('peer:update', ({ peer }) => this.onProtocols(peer.id, peer.protocols))
  }

  // ---- life ------------------------------------------------------------------------------------------------------

  async start(): Promise<void> {
    if (this.status === 'started') return
    await this.stopping
    this.status = 'started'
    this.dialer.start()
    try {
      await this.listeners.listen(this.options.addresses?.listen ?? [])
    } catch (err) {
      await this.stop()
      throw err
    }
  }

  /** Always finishes: dials and handshakes are aborted, connections closed, and cut when they do not close in time. */
  async stop(): Promise<void> {
    if (this.status === 'stopped') return
    this.stopping ??= this.shutDown()
    await this.stopping
  }

  private async shutDown(): Promise<void> {
    this.status = 'stopping'
    this.dialer.stop()
    const closed = this.table.all().map(connection => connection.close())
    await Promise.allSettled([this.listeners.close(), ...closed])
    for (const connection of this.table.all()) connection.abort(new SwarmError('stopped', 'the node is stopping'))
    this.status = 'stopped'
    this.stopping = undefined
  }

  // ---- Node ------------------------------------------------------------------------------------------------------

  addresses(): Multiaddr[] {
    const { announce, appendAnnounce = [], announceFilter } = this.options.addresses ?? {}
    const found = [...(announce ?? this.listeners.addresses()), ...appendAnnounce]
    const unique = new Map(found.map(ma => withPeerId(ma, this.peerId)).map(ma => [ma.toString(), ma]))
    return announceFilter === undefined ? [...unique.values()] : announceFilter([...unique.values()])
  }

  protocols(): string[] {
    return this.registry.protocols()
  }

  connections(peer?: PeerId): Connection[] {
    return peer === undefined ? this.table.all() : [...this.table.of(peer)]
  }

  peers(): PeerId[] {
    return this.table.peers()
  }

  handle(protocols: string | string[], handler: StreamHandler, options?: StreamHandlerOptions): Undo {
    return this.registry.handle(protocols, handler, options)
  }

  unhandle(protocols: string | string[]): void {
    this.registry.unhandle(protocols)
  }

  async dial(target: DialTarget, options?: AbortOptions & { force?: boolean }): Promise<Connection> {
    if (this.status !== 'started') throw new NotStartedError('start the node before dialling')
    return await this.dialer.dial(target, options)
  }

  async openStream(target: DialTarget, protocols: string | string[], options: NewStreamOptions = {}): Promise<Stream> {
    const connection = await this.dial(target, { signal: options.signal })
    return await connection.newStream(protocols, options)
  }

  async hangUp(peer: PeerId, options?: AbortOptions): Promise<void> {
    await Promise.all(this.table.of(peer).map(connection => connection.close(options)))
  }

  watch(protocol: string, topology: Topology): Undo {
    const { undo, watch } = this.topologies.add(protocol, topology)
    for (const peer of this.table.peers()) {
      const connection = this.table.best(peer)
      const protocols = this.known.get(peer.toString())
      if (connection !== undefined && protocols !== undefined) watch(peer, protocols, connection)
    }
    return undo
  }

  on<K extends keyof NodeEvents>(event: K, listener: (value: NodeEvents[K]) => void): Undo {
    return this.emitter.on(event, listener)
  }

  emit<K extends keyof NodeEvents>(event: K, value: NodeEvents[K]): void {
    this.emitter.emit(event, value)
  }

  // ---- more than services see --------------------------------------------------------------------------------------

  use(protocol: string, middleware: StreamMiddleware | StreamMiddleware[]): void {
    this.registry.use(protocol, middleware)
  }

  unuse(protocol: string): void {
    this.registry.unuse(protocol)
  }

  dialQueue(): PendingDial[] {
    return this.dialer.queue()
  }

  /** True when a transport here could dial one of the addresses. */
  isDialable(addresses: Multiaddr[]): boolean {
    return this.transports.some(transport => transport.dialFilter(addresses).length > 0)
  }

  /** Keeps the peer's connections from being pruned until every tag is taken off again. */
  protect(peer: PeerId, tag = ''): Undo {
    return this.pruner.protect(peer, tag)
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private createConnection(parts: UpgradedParts): SwarmConnection {
    this.metrics?.trackMultiaddrConnection(parts.raw)
    return new SwarmConnection({
      ...parts,
      id: `${this.nextId++}`,
      registry: this.registry,
      knownProtocols: peer => this.known.get(peer.toString()),
      swarmLimits: this.limits,
      clock: this.clock,
      log: this.log
    })
  }

  private admit(connection: SwarmConnection): void {
    if (this.table.has(connection)) return
    if (this.status !== 'started') throw this.refuse(connection, new SwarmError('stopped', 'the node is not running'))
    if (connection.remotePeer.equals(this.peerId))
      throw this.refuse(connection, new SwarmError('dial-self', 'connected to ourselves'))
    if (connection.status !== 'open')
      throw this.refuse(connection, new SwarmError('superseded', 'it closed before it could be used'))
    const isFirst = this.table.add(connection)
    connection.addEventListener('close', () => this.onClosed(connection), { once: true })
    this.limitPerPeer(connection.remotePeer)
    this.emitter.emit('connection:open', connection)
    if (isFirst) this.emitter.emit('peer:connect', connection.remotePeer)
    connection.accept()
    if (this.table.size > this.limits.maxConnections) this.pruner.schedule()
  }

  private refuse(connection: SwarmConnection, reason: SwarmError): SwarmError {
    connection.abort(reason)
    return reason
  }

  private limitPerPeer(peer: PeerId): void {
    const extra = this.table.of(peer).slice(0, -this.limits.maxConnectionsPerPeer)
    for (const connection of extra) connection.close().catch(() => {})
  }

  private onClosed(connection: SwarmConnection): void {
    const wasLast = this.table.remove(connection)
    this.emitter.emit('connection:close', connection)
    if (!wasLast) return
    this.known.delete(connection.remotePeer.toString())
    this.topologies.peerGone(connection.remotePeer)
    this.emitter.emit('peer:disconnect', connection.remotePeer)
  }

  private onIdentified({ peerId, protocols, connection }: IdentifyResult): void {
    this.onProtocols(peerId, protocols, connection)
  }

  private onProtocols(peer: PeerId, protocols: readonly string[], via?: Connection): void {
    const connection = via ?? this.table.best(peer)
    if (connection === undefined || this.table.of(peer).length === 0) return
    this.known.set(peer.toString(), protocols)
    this.topologies.peerSpeaks(peer, protocols, connection)
  }

  private async addressesOf(peer: PeerId, options: AbortOptions): Promise<Multiaddr[]> {
    const known = (await this.peerStore.has(peer, options))
      ? (await this.peerStore.getInfo(peer, options)).multiaddrs
      : []
    if (known.length > 0) return known
    const found = (await this.options.findPeer?.(peer, options)) ?? []
    if (found.length === 0)
      throw new SwarmError('no-addresses', 'the peer store knows none, and nobody else was asked or knew')
    return found
  }

  /** Gathered over a tick: starting up changes addresses and protocols many times. */
  private selfChanged(): void {
    if (this.isUpdateDue || this.status !== 'started') return
    this.isUpdateDue = true
    defer(() => {
      this.isUpdateDue = false
      if (this.status !== 'started') return
      const addresses = this.addresses().map(multiaddr => ({ multiaddr, isCertified: true }))
      const peer = { id: this.peerId, addresses, protocols: this.protocols(), metadata: new Map(), tags: new Map() }
      this.emitter.emit('self:peer:update', { peer })
    })
  }
}

import {
  type AbortOptions,
  type ComponentLogger,
  type Connection,
  type ContentRouting,
  type DialOptions,
  type DialProtocolOptions,
  type DialTarget,
  type DuplexStream,
  isPeerId,
  isStartable,
  type Libp2p,
  type Libp2pEvents,
  type Libp2pStatus,
  type Logger,
  type Metrics,
  type Multiaddr,
  NotFoundError,
  type PeerDiscovery,
  type PeerId,
  type PeerRouting,
  type PeerStore,
  type PendingDial,
  type PublicKey,
  peerDiscoverySymbol,
  type Startable,
  type StreamHandlerOptions,
  type StreamMiddleware,
  TimeoutError,
  type Topology,
  type Undo
} from '@ts-libp2p/interface'
import { peerIdOf } from '@ts-libp2p/multiaddr'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { asDuplex, raceSignal, SHARED_EVENTS, TypedEvents, toError } from '@ts-libp2p/stream'
import { deadline, type Swarm } from '@ts-libp2p/swarm'
import { composeContentRouting, composePeerRouting } from '#routing'
import { NodeError } from './errors.ts'
import { FLUSH_TIMEOUT_MS, SERVICE_STOP_TIMEOUT_MS } from './limits.ts'

export interface NodeParts<Services extends Record<string, unknown>> {
  swarm: Swarm
  peerStore: PeerStore & Partial<Startable>
  services: Services
}

/** A running node: the swarm, the peer store and the services, started and stopped in order. Holds no protocol logic. */
export class Libp2pNode<Services extends Record<string, unknown> = Record<string, unknown>>
  extends TypedEvents<Libp2pEvents<Services>>
  implements Libp2p<Services>, AsyncDisposable
{
  readonly peerId: PeerId
  readonly peerStore: PeerStore
  readonly peerRouting: PeerRouting
  readonly contentRouting: ContentRouting
  readonly metrics?: Metrics
  readonly logger: ComponentLogger
  readonly services: Services
  /** The connections below: what services see, and a little more. */
  readonly swarm: Swarm
  status: Libp2pStatus = 'stopped'

  private readonly parts: NodeParts<Services>
  private readonly log: Logger
  private readonly topologies = new Map<string, Undo>()
  private nextTopology = 1
  private transition: Promise<void> = Promise.resolve()

  constructor(parts: NodeParts<Services>) {
    super()
    const { swarm, services } = parts
    this.parts = parts
    this.swarm = swarm
    this.services = services
    this.peerId = swarm.peerId
    this.peerStore = parts.peerStore
    this.logger = swarm.logger
    this.metrics = swarm.metrics
    this.log = swarm.logger.forComponent('libp2p')
    this.peerRouting = composePeerRouting(Object.values(services))
    this.contentRouting = composeContentRouting(Object.values(services))
    for (const event of SHARED_EVENTS) {
      swarm.on(event, detail => this.safeDispatchEvent(event, { detail }))
    }
    this.listenToDiscovery()
  }

  // ---- life ------------------------------------------------------------------------------------------------------

  /** Starts in order: peer store, services, then the listeners, so that the first connection finds everything ready. */
  start(): Promise<void> {
    this.transition = this.transition.catch(() => {}).then(() => this.startAll())
    return this.transition
  }

  /** Stops in the reverse order, each part within its time, and always finishes. */
  stop(): Promise<void> {
    this.transition = this.transition.catch(() => {}).then(() => this.stopAll())
    return this.transition
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  private async startAll(): Promise<void> {
    if (this.status === 'started') return
    this.status = 'starting'
    try {
      await this.parts.peerStore.start?.()
      await this.each('beforeStart')
      await this.each('start')
      await this.swarm.start()
      await this.each('afterStart')
    } catch (err) {
      await this.stopAll()
      throw err
    }
    this.status = 'started'
    this.safeDispatchEvent('start', { detail: this })
  }

  private async stopAll(): Promise<void> {
    if (this.status === 'stopped') return
    this.status = 'stopping'
    await this.eachInTime('beforeStop')
    await this.eachInTime('stop')
    await this.swarm.stop()
    await this.eachInTime('afterStop')
    await this.inTime('the peer store', FLUSH_TIMEOUT_MS, async () => this.parts.peerStore.stop?.())
    this.status = 'stopped'
    this.safeDispatchEvent('stop', { detail: this })
  }

  private startables(): [string, Startable][] {
    return Object.entries(this.services).flatMap(([name, service]) => (isStartable(service) ? [[name, service]] : []))
  }

  private async each(phase: 'beforeStart' | 'start' | 'afterStart'): Promise<void> {
    await Promise.all(
      this.startables().map(async ([name, service]) => {
        try {
          await service[phase]?.()
        } catch (err) {
          throw new NodeError('start-failed', `service \`${name}\` did not start: ${toError(err).message}`, {
            cause: err
          })
        }
      })
    )
  }

  private async eachInTime(phase: 'beforeStop' | 'stop' | 'afterStop'): Promise<void> {
    await Promise.all(
      this.startables().map(([name, service]) =>
        this.inTime(`service ${name}`, SERVICE_STOP_TIMEOUT_MS, async () => service[phase]?.())
      )
    )
  }

  /** A part that fails to stop, or takes too long, is logged and left behind: the others must stop all the same. */
  private async inTime(what: string, ms: number, work: () => Promise<void>): Promise<void> {
    const signal = deadline(this.swarm.clock, ms, `stopping ${what}`)
    try {
      await raceSignal(work(), signal)
    } catch (err) {
      this.log.error(err instanceof TimeoutError ? '%e' : `${what} failed to stop - %e`, err)
    } finally {
      signal.clear()
    }
  }

  // ---- connections -------------------------------------------------------------------------------------------------

  getMultiaddrs(): Multiaddr[] {
    return this.swarm.addresses()
  }

  getProtocols(): string[] {
    return this.swarm.protocols()
  }

  getConnections(peerId?: PeerId): Connection[] {
    return this.swarm.connections(peerId)
  }

  getDialQueue(): PendingDial[] {
    return this.swarm.dialQueue()
  }

  getPeers(): PeerId[] {
    return this.swarm.peers()
  }

  dial(peer: DialTarget, options?: DialOptions): Promise<Connection> {
    return this.swarm.dial(peer, options)
  }

  async dialProtocol(
    peer: DialTarget,
    protocols: string | string[],
    options: DialProtocolOptions = {}
  ): Promise<DuplexStream> {
    const connection = await this.swarm.dial(peer, options)
    return asDuplex(await connection.newStream(protocols, options))
  }

  async hangUp(peer: PeerId | Multiaddr, options?: AbortOptions): Promise<void> {
    const id = isPeerId(peer) ? peer : peerNamedIn(peer)
    await this.swarm.hangUp(id, options)
  }

  async isDialable(multiaddr: Multiaddr | Multiaddr[]): Promise<boolean> {
    return this.swarm.isDialable([multiaddr].flat())
  }

  // ---- protocols ---------------------------------------------------------------------------------------------------

  async handle(
    protocol: string | string[],
    handler: (stream: DuplexStream, connection: Connection) => void | Promise<void>,
    options?: StreamHandlerOptions
  ): Promise<void> {
    this.swarm.handle(protocol, (stream, connection) => handler(asDuplex(stream), connection), options)
  }

  async unhandle(protocols: string | string[]): Promise<void> {
    this.swarm.unhandle(protocols)
  }

  async register(protocol: string, topology: Topology): Promise<string> {
    const id = String(this.nextTopology++)
    this.topologies.set(id, this.swarm.watch(protocol, topology))
    return id
  }

  unregister(id: string): void {
    this.topologies.get(id)?.()
    this.topologies.delete(id)
  }

  use(protocol: string, middleware: StreamMiddleware | StreamMiddleware[]): void {
    this.swarm.use(protocol, middleware)
  }

  unuse(protocol: string): void {
    this.swarm.unuse(protocol)
  }

  /** The peer's key: from its id, or from the peer store, where identify leaves it. */
  getPublicKey = (async (peer: PeerId, options?: AbortOptions): Promise<PublicKey> => {
    if (peer.publicKey !== undefined) return peer.publicKey
    const stored = (await this.peerStore.has(peer, options)) ? await this.peerStore.get(peer, options) : undefined
    if (stored?.id.publicKey !== undefined) return stored.id.publicKey
    throw new NotFoundError(`the public key of ${peer} is not known: connect to it once`)
  }) as Libp2p['getPublicKey']

  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, err)
  }

  private listenToDiscovery(): void {
    for (const service of Object.values(this.services)) {
      const discovery = (service as Record<symbol, PeerDiscovery | undefined> | null | undefined)?.[peerDiscoverySymbol]
      discovery?.addEventListener('peer', ({ detail }) => {
        if (detail.id.equals(this.peerId)) return
        this.swarm.emit('peer:discovery', detail)
        this.peerStore.merge(detail.id, { multiaddrs: detail.multiaddrs }, { source: 'discovery' }).catch(err => {
          this.log.error('a discovered peer could not be stored - %e', err)
        })
      })
    }
  }
}

function peerNamedIn(address: Multiaddr): PeerId {
  const text = peerIdOf(address)
  if (text === undefined) throw new NotFoundError(`${address} names no peer`)
  return peerIdFromString(text)
}

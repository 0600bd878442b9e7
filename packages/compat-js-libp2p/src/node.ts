import type { StreamHandlerRecord } from '@libp2p/interface'
import { systemRandom } from '@ts-libp2p/crypto'
import {
  type Clock,
  type ComponentLogger,
  type Connection,
  type DialTarget,
  InvalidParametersError,
  type Libp2pEvents,
  type Logger,
  type Metrics,
  type Multiaddr,
  type NewStreamOptions,
  type Node,
  type NodeEvents,
  type PeerId,
  type PeerStore,
  type PrivateKey,
  type Random,
  type Stream,
  type StreamHandler,
  type StreamHandlerOptions,
  type Topology,
  type Undo
} from '@ts-libp2p/interface'
import { systemClock } from '@ts-libp2p/stream'
import type { Libp2pComponents } from './components.ts'

/** What our services need of a js-libp2p node. */
export type NodeParts = Pick<
  Libp2pComponents,
  | 'peerId'
  | 'privateKey'
  | 'logger'
  | 'events'
  | 'addressManager'
  | 'peerStore'
  | 'registrar'
  | 'connectionManager'
  | 'metrics'
>

type DialOptions = Parameters<Node['dial']>[1]

/** A js-libp2p node as our services see theirs. */
export class ComponentsNode implements Node {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly peerStore: PeerStore
  readonly logger: ComponentLogger
  readonly clock: Clock = systemClock
  readonly random: Random = systemRandom
  readonly metrics?: Metrics
  private readonly parts: NodeParts
  private readonly log: Logger
  private readonly observers = new Set<(value: NodeEvents['address:observed']) => void>()

  constructor(parts: NodeParts) {
    this.parts = parts
    this.peerId = parts.peerId
    this.privateKey = parts.privateKey
    this.peerStore = parts.peerStore
    this.logger = parts.logger
    this.metrics = parts.metrics
    this.log = parts.logger.forComponent('ts-libp2p:compat')
  }

  addresses(): Multiaddr[] {
    return this.parts.addressManager.getAddresses()
  }

  protocols(): string[] {
    return this.parts.registrar.getProtocols()
  }

  connections(peer?: PeerId): Connection[] {
    return this.parts.connectionManager.getConnections(peer)
  }

  handle(protocols: string | string[], handler: StreamHandler, options?: StreamHandlerOptions): Undo {
    const names = [protocols].flat()
    const taken = names.find(name => this.recordOf(name) !== undefined)
    if (taken !== undefined && options?.force !== true) {
      throw new InvalidParametersError(`${taken} has a handler already; pass { force: true } to replace it`)
    }
    const { registrar } = this.parts
    for (const name of names) this.inBackground(registrar.handle(name, handler, options), `${name} was not registered`)
    return () => {
      const ours = names.filter(name => this.recordOf(name)?.handler === handler)
      for (const name of ours) this.inBackground(registrar.unhandle(name), `${name} was not taken off`)
    }
  }

  dial(target: DialTarget, options?: DialOptions): Promise<Connection> {
    return this.parts.connectionManager.openConnection(target, options)
  }

  async openStream(target: DialTarget, protocols: string | string[], options?: NewStreamOptions): Promise<Stream> {
    const connection = await this.dial(target, { signal: options?.signal })
    return await connection.newStream(protocols, options)
  }

  hangUp(peer: PeerId, options?: { signal?: AbortSignal }): Promise<void> {
    return this.parts.connectionManager.closeConnections(peer, options)
  }

  watch(protocol: string, topology: Topology): Undo {
    const { registrar } = this.parts
    const once = toldOnce(topology)
    const registered = registrar.register(protocol, once)
    this.inBackground(registered, `${protocol} is not watched`)
    for (const connection of this.connections()) {
      this.inBackground(this.tellIfSpoken(protocol, once, connection), `${connection.remotePeer} was not looked at`)
    }
    return () =>
      this.inBackground(
        registered.then(id => registrar.unregister(id)),
        `${protocol} is watched still`
      )
  }

  on<K extends keyof NodeEvents>(event: K, listener: (value: NodeEvents[K]) => void): Undo {
    if (event === 'address:observed')
      return this.onObserved(listener as (value: NodeEvents['address:observed']) => void)
    const { events } = this.parts
    const name = event as keyof NodeEvents & keyof Libp2pEvents
    const call = ({ detail }: CustomEvent): void => this.guarded(event, () => listener(detail as NodeEvents[K]))
    events.addEventListener(name, call)
    return () => events.removeEventListener(name, call)
  }

  emit<K extends keyof NodeEvents>(event: K, value: NodeEvents[K]): void {
    if (event === 'address:observed') this.observed(value as NodeEvents['address:observed'])
    else this.parts.events.safeDispatchEvent(event as keyof NodeEvents & keyof Libp2pEvents, { detail: value })
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  /** js-libp2p has no event for it: its address manager keeps the address, and our services tell each other. */
  private observed(value: NodeEvents['address:observed']): void {
    this.parts.addressManager.addObservedAddr(value.address)
    for (const listener of [...this.observers]) this.guarded('address:observed', () => listener(value))
  }

  private onObserved(listener: (value: NodeEvents['address:observed']) => void): Undo {
    this.observers.add(listener)
    return () => this.observers.delete(listener)
  }

  private async tellIfSpoken(protocol: string, topology: Topology, connection: Connection): Promise<void> {
    const { remotePeer } = connection
    if (!(await this.peerStore.has(remotePeer))) return
    if ((await this.peerStore.get(remotePeer)).protocols.includes(protocol)) {
      await topology.onConnect?.(remotePeer, connection)
    }
  }

  /** js-libp2p's registrar throws for a protocol that has no handler. */
  private recordOf(protocol: string): StreamHandlerRecord | undefined {
    if (!this.protocols().includes(protocol)) return undefined
    return this.parts.registrar.getHandler(protocol)
  }

  private guarded(event: string, fn: () => void): void {
    try {
      fn()
    } catch (err) {
      this.log.error("a listener of '%s' threw - %e", event, err)
    }
  }

  private inBackground(work: Promise<unknown>, failure: string): void {
    work.catch(err => this.log.error(`${failure} - %e`, err))
  }
}

/** js-libp2p tells of a peer at each of its connections; here it is told once, until it goes. */
function toldOnce(topology: Topology): Topology {
  const told = new Set<string>()
  return {
    ...topology,
    onConnect: async (peer, connection) => {
      if (told.has(peer.toString())) return
      if (connection.limits !== undefined && topology.notifyOnLimitedConnection !== true) return
      told.add(peer.toString())
      await topology.onConnect?.(peer, connection)
    },
    onDisconnect: async peer => {
      if (told.delete(peer.toString())) await topology.onDisconnect?.(peer)
    }
  }
}

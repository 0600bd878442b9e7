import {
  type AbortOptions,
  type Clock,
  type ComponentLogger,
  type Connection,
  type DialTarget,
  isPeerId,
  type Logger,
  type Multiaddr,
  type NewStreamOptions,
  type Node,
  type NodeEvents,
  NotFoundError,
  type PeerId,
  type PeerStore,
  type PrivateKey,
  peerIdSymbol,
  type Random,
  type Stream,
  type StreamHandler,
  type StreamHandlerOptions,
  type Topology,
  type Undo
} from '@ts-libp2p/interface'
import { noLog } from '@ts-libp2p/stream'
import { SeededRandom } from './seeded-random.ts'
import { connectNodes, type TestConnection } from './test-connection.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { WireOptions } from './wire.ts'

/** Nodes that can dial each other: what a network is to the test nodes. Its time is virtual. */
export class TestNetwork {
  readonly clock: VirtualClock
  /** One-way, milliseconds. */
  latencyMs = 0
  /** How the wires behave that stand under the streams opened from now on. */
  wire: WireOptions = {}
  /** By peer id. */
  readonly nodes: Map<string, TestNode> = new Map()

  constructor(clock: VirtualClock = new VirtualClock()) {
    this.clock = clock
  }

  /** Resolves when so much time has passed. */
  pass(ms: number): Promise<void> {
    return new Promise(resolve => this.clock.after(ms, resolve))
  }
}

export interface TestHandler {
  readonly handler: StreamHandler
  readonly options: StreamHandlerOptions
}

export interface TestNodeInit {
  readonly network: TestNetwork
  readonly peerId: PeerId
  readonly address: Multiaddr
  /** Without one, asking for it throws. */
  readonly privateKey?: PrivateKey
  /** Without one, asking for it throws. */
  readonly peerStore?: PeerStore
}

/**
 * The `Node` that a service sees, without swarm and transports: streams run over wires in this process, and a stream of a
 * protocol that nobody handles is refused after it was handed over, as in optimistic selection. No topologies.
 *
 * @example
 * const network = new TestNetwork()
 * const node = (name: string) =>
 *   new TestNode({ network, peerId: peerNamed(name), address: multiaddr(`/dns4/${name}.example/tcp/1`) })
 * const [a, b] = [node('a'), node('b')]
 * const [service, other] = [ping()(a), ping()(b)]
 */
export class TestNode implements Node {
  readonly peerId: PeerId
  readonly network: TestNetwork
  readonly clock: Clock
  readonly random: Random
  /** What was logged, but for traces. */
  readonly logged: string[] = []
  readonly logger: ComponentLogger = { forComponent: () => this.log() }
  /** By protocol. */
  readonly handlers: Map<string, TestHandler> = new Map()
  readonly open: TestConnection[] = []
  listenAddrs: Multiaddr[]
  private readonly init: TestNodeInit
  private readonly listeners = new Map<string, Set<(value: never) => void>>()

  constructor(init: TestNodeInit) {
    this.init = init
    this.network = init.network
    this.peerId = init.peerId
    this.clock = init.network.clock
    this.random = new SeededRandom(String(init.peerId))
    this.listenAddrs = [init.address]
    init.network.nodes.set(String(init.peerId), this)
  }

  get privateKey(): PrivateKey {
    if (this.init.privateKey === undefined) throw new Error('this test node has no key')
    return this.init.privateKey
  }

  get peerStore(): PeerStore {
    if (this.init.peerStore === undefined) throw new Error('this test node has no peer store')
    return this.init.peerStore
  }

  /** Where others find it. */
  get address(): Multiaddr {
    return this.listenAddrs[0] ?? this.init.address
  }

  addresses(): Multiaddr[] {
    return this.listenAddrs
  }

  protocols(): string[] {
    return [...this.handlers.keys()]
  }

  connections(peer?: PeerId): Connection[] {
    return this.open.filter(connection => peer === undefined || connection.remotePeer.equals(peer))
  }

  handle(protocols: string | string[], handler: StreamHandler, options: StreamHandlerOptions = {}): Undo {
    for (const protocol of [protocols].flat()) this.handlers.set(protocol, { handler, options })
    return () => {
      for (const protocol of [protocols].flat()) this.handlers.delete(protocol)
    }
  }

  async dial(target: DialTarget, options: AbortOptions & { force?: boolean } = {}): Promise<Connection> {
    options.signal?.throwIfAborted()
    const far = this.find(target)
    const existing = this.connections(far.peerId)[0]
    if (existing !== undefined && options.force !== true) return existing
    await this.network.pass(2 * this.network.latencyMs)
    return connectNodes(this, far)[0]
  }

  async openStream(target: DialTarget, protocols: string | string[], options?: NewStreamOptions): Promise<Stream> {
    return (await this.dial(target, options)).newStream(protocols, options)
  }

  async hangUp(peer: PeerId): Promise<void> {
    for (const connection of this.connections(peer)) await connection.close()
  }

  watch(_protocol: string, _topology: Topology): Undo {
    throw new Error('no topologies in a test node')
  }

  on<K extends keyof NodeEvents>(event: K, listener: (value: NodeEvents[K]) => void): Undo {
    const set = this.listeners.get(event) ?? new Set()
    set.add(listener as (value: never) => void)
    this.listeners.set(event, set)
    return () => set.delete(listener as (value: never) => void)
  }

  /** Tells those who listen. */
  emit<K extends keyof NodeEvents>(event: K, value: NodeEvents[K]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) (listener as (value: NodeEvents[K]) => void)(value)
  }

  /** How many handlers and event listeners are registered. */
  get registrations(): number {
    let count = this.handlers.size
    for (const set of this.listeners.values()) count += set.size
    return count
  }

  private find(target: DialTarget): TestNode {
    for (const node of this.network.nodes.values()) {
      const isIt = isPeerId(target)
        ? node.peerId.equals(target)
        : [target].flat().some(ma => node.listenAddrs.some(own => own.equals(ma)))
      if (isIt) return node
    }
    throw new NotFoundError(`nobody is at ${target}`)
  }

  private log(): Logger {
    const note = (formatter: unknown, ...args: unknown[]): void => {
      this.logged.push([formatter, ...args].join(' '))
    }
    return Object.assign(note, { error: note, trace: noLog.trace, enabled: true, newScope: () => this.log() })
  }
}

/** A peer id for protocols that only compare and print it. */
export function peerNamed(name: string): PeerId {
  const peer = { [peerIdSymbol]: true, toString: () => name, equals: (other: unknown) => String(other) === name }
  return peer as unknown as PeerId
}

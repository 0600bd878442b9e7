import {
  type AbortOptions,
  type Clock,
  type ComponentLogger,
  type Connection,
  ConnectionClosedError,
  type ConnectionLimits,
  type ConnectionStatus,
  type DialTarget,
  isPeerId,
  type Logger,
  type MessageStreamDirection,
  type MessageStreamEvents,
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
  StreamResetError,
  type Topology,
  type Undo,
  UnsupportedProtocolError
} from '@ts-libp2p/interface'
import { CloseEvent, noLog, TypedEvents, toError } from '@ts-libp2p/stream'
import { connectionPair, SeededRandom, settle, VirtualClock, type WireOptions } from '@ts-libp2p/testing'

/** Nodes that can dial each other, by peer id: what a network is to the test nodes. */
export class TestNetwork {
  readonly clock: VirtualClock
  /** One-way, milliseconds. */
  latencyMs = 0
  /** How the wires behave that stand under the streams opened from now on. */
  wire: WireOptions = {}
  readonly nodes = new Map<string, TestNode>()

  constructor(clock: VirtualClock = new VirtualClock()) {
    this.clock = clock
  }

  pass(ms: number): Promise<void> {
    return new Promise(resolve => this.clock.after(ms, resolve))
  }
}

interface Handler {
  readonly handler: StreamHandler
  readonly options: StreamHandlerOptions
}

export interface TestNodeInit {
  network: TestNetwork
  peerId: PeerId
  address: Multiaddr
  privateKey?: PrivateKey
  peerStore?: PeerStore
}

/** A node without transports: streams run over wires in this process, and everything else is as the contract says. */
export class TestNode implements Node {
  readonly peerId: PeerId
  readonly network: TestNetwork
  readonly clock: Clock
  readonly random: Random
  readonly logged: string[] = []
  readonly logger: ComponentLogger = { forComponent: () => this.log() }
  readonly handlers = new Map<string, Handler>()
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
    return connect(this, far)[0]
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
        : node.listenAddrs.some(a => [target].flat().includes(a))
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

/** Connects two test nodes: the dialer's connection, then the listener's. Both nodes announce theirs. */
export function connect(
  dialer: TestNode,
  listener: TestNode,
  init: { limits?: ConnectionLimits; dialerAddr?: Multiaddr; listenerAddr?: Multiaddr } = {}
): [TestConnection, TestConnection] {
  const { limits, dialerAddr = dialer.listenAddrs[0]!, listenerAddr = listener.listenAddrs[0]! } = init
  const there = new TestConnection({
    node: dialer,
    remote: listener,
    remoteAddr: listenerAddr,
    direction: 'outbound',
    limits
  })
  const back = new TestConnection({
    node: listener,
    remote: dialer,
    remoteAddr: dialerAddr,
    direction: 'inbound',
    limits
  })
  there.far = back
  back.far = there
  for (const connection of [there, back]) {
    connection.node.open.push(connection)
    connection.node.emit('connection:open', connection)
  }
  return [there, back]
}

interface TestConnectionInit {
  node: TestNode
  remote: TestNode
  remoteAddr: Multiaddr
  direction: MessageStreamDirection
  limits?: ConnectionLimits
}

let nextId = 0

export class TestConnection
  extends TypedEvents<Omit<MessageStreamEvents, 'drain' | 'message' | 'end'>>
  implements Connection
{
  readonly id: string = String(nextId++)
  readonly node: TestNode
  far!: TestConnection
  readonly remoteAddr: Multiaddr
  readonly remotePeer: PeerId
  readonly direction: MessageStreamDirection
  readonly timeline = { open: 0 }
  readonly limits?: ConnectionLimits
  readonly log: Logger = noLog
  streams: Stream[] = []
  status: ConnectionStatus = 'open'
  /** What `abort` was called with. */
  error: Error | undefined
  /** Streams that were opened from this side, by protocol. */
  readonly opened: string[] = []

  constructor(init: TestConnectionInit) {
    super()
    this.node = init.node
    this.remoteAddr = init.remoteAddr
    this.remotePeer = init.remote.peerId
    this.direction = init.direction
    this.limits = init.limits
  }

  get direct(): boolean {
    return this.limits === undefined
  }

  async newStream(protocols: string | string[], options: NewStreamOptions = {}): Promise<Stream> {
    options.signal?.throwIfAborted()
    if (this.status !== 'open') throw new ConnectionClosedError()
    const [protocol = ''] = [protocols].flat()
    const { latencyMs, wire, clock } = this.node.network
    const [ours, theirs] = connectionPair({ clock, latencyMs: latencyMs > 0 ? latencyMs : undefined, ...wire })
    this.opened.push(protocol)
    this.add(ours, protocol)
    if (this.far.node.handlers.has(protocol)) void this.far.accept(theirs, protocol)
    else void refuse(ours, protocol)
    return ours
  }

  async close(): Promise<void> {
    this.end('closed', new ConnectionClosedError())
    this.far.end('closed', new ConnectionClosedError())
  }

  abort(err: Error): void {
    this.error = err
    this.end('aborted', err)
    this.far.end('reset', new StreamResetError())
  }

  /** Streams of a protocol that are open in this direction. */
  count(protocol: string, direction: MessageStreamDirection): number {
    return this.streams.filter(stream => stream.protocol === protocol && stream.direction === direction).length
  }

  private async accept(stream: Stream, protocol: string): Promise<void> {
    const record = this.node.handlers.get(protocol)
    const isFull = this.count(protocol, 'inbound') >= (record?.options.maxInboundStreams ?? 32)
    this.add(stream, protocol)
    try {
      if (isFull) throw new StreamResetError(`too many streams of ${protocol}`)
      if (this.limits !== undefined && record?.options.runOnLimitedConnection !== true) throw new Error('limited')
      await record?.handler(stream, this)
    } catch (err) {
      stream.abort(toError(err))
    }
  }

  private add(stream: Stream, protocol: string): void {
    stream.protocol = protocol
    this.streams.push(stream)
    stream.addEventListener('close', () => {
      this.streams = this.streams.filter(other => other !== stream)
    })
  }

  private end(status: ConnectionStatus, err: Error): void {
    if (this.status !== 'open') return
    this.status = status
    for (const stream of this.streams) stream.abort(err)
    this.node.open.splice(this.node.open.indexOf(this), 1)
    this.node.emit('connection:close', this)
    this.dispatchEvent(new CloseEvent(status !== 'reset', err))
  }
}

/** A peer id for protocols that only compare and print it. */
export function peerNamed(name: string): PeerId {
  const peer = { [peerIdSymbol]: true, toString: () => name, equals: (other: unknown) => String(other) === name }
  return peer as unknown as PeerId
}

/** As an optimistic selection is refused: after the stream was handed over. */
async function refuse(stream: Stream, protocol: string): Promise<void> {
  await settle()
  stream.abort(new UnsupportedProtocolError(`the remote does not speak ${protocol}`))
}

import type { Connection, Logger, Node, PeerId, Stream, Undo } from '@ts-libp2p/interface'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { afterInput, defer, systemClock } from '@ts-libp2p/stream'
import type { Counters } from './counters.ts'
import { ipsOf } from './ips.ts'
import { type LinkPort, PeerLink } from './link.ts'
import type { PeerKey, PeerLinkInfo } from './router.ts'
import type { RpcTrace } from './rpc-trace.ts'

export interface LinksInit {
  readonly node: Node
  readonly log: Logger
  readonly protocols: readonly string[]
  readonly counters: Counters
  readonly port: Omit<LinkPort, 'over'>
  readonly maxMessageSize: number
  readonly trace: RpcTrace | undefined
  readonly maxInboundStreams: number
  readonly maxOutboundStreams: number
  readonly runOnLimitedConnection: boolean
}

/** The links to all peers that speak our protocols. */
export class Links {
  private readonly init: LinksInit
  private readonly links = new Map<PeerKey, PeerLink>()
  /** Which of our protocols a peer is known to speak. */
  private readonly spoken = new Map<PeerKey, Set<string>>()
  private readonly dirty = new Set<PeerLink>()
  private readonly late = new Set<PeerLink>()
  private readonly afterInput: (fn: () => void) => void
  private undos: Undo[] = []

  constructor(init: LinksInit) {
    this.init = init
    // A run in virtual time has turns of its own.
    this.afterInput = init.node.clock === systemClock ? afterInput : defer
  }

  start(): void {
    const { node, protocols, runOnLimitedConnection, maxInboundStreams, maxOutboundStreams } = this.init
    const options = { runOnLimitedConnection, maxInboundStreams, maxOutboundStreams }
    this.undos = [node.handle([...protocols], (...args) => this.accept(...args), options)]
    for (const protocol of protocols) {
      const topology = {
        notifyOnLimitedConnection: runOnLimitedConnection,
        onConnect: (peer: PeerId) => this.speaks(peer, protocol),
        onDisconnect: (peer: PeerId) => this.speaksNoMore(peer, protocol)
      }
      this.undos.push(node.watch(protocol, topology))
    }
    this.undos.push(node.on('peer:disconnect', peer => this.get(peer.toString())?.unwant()))
  }

  async stop(): Promise<void> {
    for (const undo of this.undos.splice(0)) undo()
    this.spoken.clear()
    await Promise.all([...this.links.values()].map(link => link.close()))
    this.links.clear()
    this.dirty.clear()
    this.late.clear()
  }

  get(peer: PeerKey): PeerLink | undefined {
    return this.links.get(peer)
  }

  /** Also of a peer that is gone: what it sent is worked on all the same. */
  ofSender(peer: PeerKey): PeerLink {
    return this.links.get(peer) ?? this.make(peerIdFromString(peer), peer)
  }

  all(): IterableIterator<PeerLink> {
    return this.links.values()
  }

  /** The peer's outbox has something: it is sent at the end of the tick, together with what else comes until then. */
  flushSoon(link: PeerLink): void {
    if (this.dirty.add(link).size === 1) defer(() => flush(this.dirty))
  }

  /**
   * The same for what is passed on. It is sent when all that has arrived was read, of other peers too: in few large
   * writes instead of many small ones, and without what the peer turned out to have.
   */
  flushLater(link: PeerLink): void {
    if (this.late.add(link).size === 1) this.afterInput(() => flush(this.late))
  }

  info(link: PeerLink): PeerLinkInfo {
    const connections = this.connectionsOf(link.peerId)
    const own = connections.find(({ streams }) => streams.some(stream => this.isOwn(stream)))
    return { isOutbound: (own ?? connections[0])?.direction === 'outbound', ips: ipsOf(connections) }
  }

  private isOwn({ protocol, direction }: Stream): boolean {
    return direction === 'outbound' && this.init.protocols.includes(protocol)
  }

  /** Those through relays have the relay's address, and say nothing of where the peer is. */
  private connectionsOf(peer: PeerId): Connection[] {
    return this.init.node.connections(peer).filter(({ limits }) => limits === undefined)
  }

  private accept(stream: Stream, { remotePeer }: Connection): void {
    const link = this.linkTo(remotePeer)
    link.accept(stream)
    // It speaks one of our protocols: no need to wait until it is identified.
    link.want()
  }

  private speaks(peer: PeerId, protocol: string): void {
    const key = peer.toString()
    const spoken = this.spoken.get(key) ?? new Set()
    this.spoken.set(key, spoken.add(protocol))
    this.linkTo(peer).want()
  }

  private speaksNoMore(peer: PeerId, protocol: string): void {
    const key = peer.toString()
    const spoken = this.spoken.get(key)
    spoken?.delete(protocol)
    if (spoken === undefined || spoken.size > 0) return
    this.spoken.delete(key)
    this.links.get(key)?.unwant()
  }

  private linkTo(peerId: PeerId): PeerLink {
    const key = peerId.toString()
    const known = this.links.get(key)
    if (known !== undefined) return known
    const link = this.make(peerId, key)
    this.links.set(key, link)
    return link
  }

  private make(peerId: PeerId, key: PeerKey): PeerLink {
    const { node, log, counters, maxMessageSize, trace, port } = this.init
    const link: PeerLink = new PeerLink({
      ...{ peerId, clock: node.clock, log, counters, maxMessageSize, trace },
      port: { ...port, over: () => this.forget(key, link) },
      open: signal => this.open(peerId, signal)
    })
    return link
  }

  private forget(key: PeerKey, link: PeerLink): void {
    if (this.links.get(key) === link) this.links.delete(key)
  }

  private async open(peer: PeerId, signal: AbortSignal): Promise<Stream> {
    const { node, protocols, runOnLimitedConnection, maxOutboundStreams } = this.init
    const options = { signal, runOnLimitedConnection, maxOutboundStreams }
    const [connection] = node.connections(peer)
    // Not `openStream`, which would dial a peer that has just gone.
    if (connection === undefined) throw new Error('the peer is not connected')
    return await connection.newStream([...protocols], options)
  }
}

function flush(waiting: Set<PeerLink>): void {
  const links = [...waiting]
  waiting.clear()
  for (const link of links) link.flush()
}

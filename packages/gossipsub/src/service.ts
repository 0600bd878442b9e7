import type { Node, PeerId } from '@ts-libp2p/interface'
import { type Effect, type PeerKey, type Pubsub, type PubsubEvents, PubsubService } from '@ts-libp2p/pubsub'
import type { PartialAction, PartialTopic } from './core/partial-messages.ts'
import { GossipRouter } from './core/router.ts'
import { type Inspection, inspect } from './inspection.ts'
import type { CheckedOptions } from './options.ts'
import { PeerRecords } from './peer-records.ts'
import { checkTopicScoreParams, defaultTopicScoreParams, type TopicScoreParams } from './score/params.ts'
import type { PeerScoreSnapshot } from './score/peer-scores.ts'

export interface MeshPeer {
  peerId: string
  topic: string
  direction: 'inbound' | 'outbound'
}

export interface GossipsubEvents extends PubsubEvents {
  'gossipsub:heartbeat': CustomEvent
  /** A peer came to a mesh of ours. */
  'gossipsub:graft': CustomEvent<MeshPeer>
  /** It is not there any more. */
  'gossipsub:prune': CustomEvent<MeshPeer>
}

/** Publish and subscribe over a mesh. Peers are named by base58 of their ids where their names are all that is needed. */
export interface Gossipsub extends Pubsub<GossipsubEvents> {
  /** Joins a topic. `partial`: how its messages are exchanged in parts, for topics that we are not in yet. */
  subscribe(topic: string, partial?: PartialTopic): void
  /** Peers in the mesh of a topic. */
  getMeshPeers(topic: string): string[]
  /** What we think of a peer. Zero for one that is not known. */
  getScore(peer: string): number
  /** The same, and why. */
  getScoreDetails(peer: string): PeerScoreSnapshot | undefined
  /** Changes how peers are judged by what they do in a topic. Throws an `InvalidParametersError`. */
  setTopicScoreParams(topic: string, params: Partial<TopicScoreParams>): void
  /** What the router knows, as a value that can be printed. */
  inspect(): Inspection
  /**
   * Sends parts of a message, or news of them. `decide` is given what the application keeps of each peer's share and says
   * what to send to whom. Needs the option `partialMessages`.
   */
  publishPartial<State>(
    topic: string,
    groupId: Uint8Array,
    decide: (
      peerStates: Map<string, State | undefined>,
      requestsPartial: (peer: string) => boolean
    ) => Iterable<PartialAction>
  ): void
}

/** What js-libp2p tags the connections of mesh peers with. */
const MESH_TAG_VALUE = 100

export class GossipsubService extends PubsubService<GossipsubEvents, GossipRouter> implements Gossipsub {
  private readonly settings: CheckedOptions
  private records: PeerRecords | undefined

  constructor(node: Node, options: CheckedOptions) {
    const { shell, core } = options
    const init = { self: node.peerId.toString(), params: core, random: node.random, tracer: shell.tracer }
    super(node, new GossipRouter(init), shell, 'gossipsub')
    this.settings = options
  }

  override start(): void {
    if (this.isStarted()) return
    for (const { id, addrs } of this.settings.directPeers) this.learn(id, { multiaddrs: [...addrs] })
    if (this.settings.core.doPX) {
      this.records = new PeerRecords(this.node, this.log, (peer, record) =>
        this.tell({ type: 'peerRecord', peer, record })
      )
    }
    super.start()
  }

  override async stop(): Promise<void> {
    this.records?.stop()
    await super.stop()
  }

  override subscribe(topic: string, partial?: PartialTopic): void {
    if (partial !== undefined) this.router.setPartial(topic, partial)
    super.subscribe(topic)
  }

  getMeshPeers(topic: string): string[] {
    return [...this.router.state.mesh.of(topic)]
  }

  getScore(peer: string): number {
    return this.router.state.scores.score(peer)
  }

  getScoreDetails(peer: string): PeerScoreSnapshot | undefined {
    return this.router.state.scores.snapshot(peer)
  }

  setTopicScoreParams(topic: string, params: Partial<TopicScoreParams>): void {
    const all = { ...defaultTopicScoreParams, ...params }
    checkTopicScoreParams(topic, all)
    this.router.state.scores.setTopicParams(topic, all)
  }

  inspect(): Inspection {
    return inspect(this.router.state)
  }

  publishPartial<State>(
    topic: string,
    groupId: Uint8Array,
    decide: (
      peerStates: Map<string, State | undefined>,
      requestsPartial: (peer: string) => boolean
    ) => Iterable<PartialAction>
  ): void {
    const ask = (
      states: Map<PeerKey, unknown>,
      requestsPartial: (peer: PeerKey) => boolean
    ): Iterable<PartialAction> => {
      return decide(states as Map<string, State | undefined>, requestsPartial)
    }
    this.carryOut(this.router.publishPartial({ topic, groupId }, ask, this.node.clock.now()))
  }

  protected override onEffect(effect: Effect): void {
    switch (effect.type) {
      case 'graft':
      case 'prune':
        this.onMeshChange(effect)
        break
      case 'partial':
        this.settings.partialMessages?.onPartial(effect.peer, effect.partial, effect.peerStates)
        break
      case 'partialGossip':
        this.settings.partialMessages?.onGossip?.(effect, effect.peers, effect.peerStates)
        break
    }
  }

  protected override onPeerUp(peer: PeerId): void {
    this.records?.load(peer)
  }

  private onMeshChange({ type, peer, topic }: Effect & { type: 'graft' | 'prune' }): void {
    const direction = this.router.state.peers.get(peer)?.isOutbound === true ? 'outbound' : 'inbound'
    this.safeDispatchEvent(`gossipsub:${type}`, { detail: { peerId: peer, topic, direction } })
    if (!this.settings.tagMeshPeers) return
    const [peerId] = this.peerIds([peer])
    const tag = type === 'graft' ? { value: MESH_TAG_VALUE } : undefined
    if (peerId !== undefined) this.learn(peerId, { tags: { [topic]: tag } })
  }

  private learn(peer: PeerId, data: Parameters<Node['peerStore']['merge']>[1]): void {
    this.node.peerStore.merge(peer, data).catch((err: unknown) => {
      this.log.error('the peer store did not take what we know of %p - %e', peer, err)
    })
  }
}

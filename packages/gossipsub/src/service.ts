import { InvalidParametersError, type Node, type PeerId } from '@ts-libp2p/interface'
import {
  type Effect,
  guarded,
  type Message,
  type PeerKey,
  type Pubsub,
  type PubsubEvents,
  type PubsubMessage,
  PubsubService,
  type TopicValidatorResult
} from '@ts-libp2p/pubsub'
import type { PartialAction, PartialTopic } from './core/partial-messages.ts'
import { GossipRouter } from './core/router.ts'
import { type Inspection, inspect } from './inspection.ts'
import { idFromBase64, idToBase64 } from './message-id-text.ts'
import type { CheckedOptions } from './options.ts'
import { PeerRecords } from './peer-records.ts'
import { PendingValidations } from './pending-validations.ts'
import { checkTopicScoreParams, defaultTopicScoreParams, type TopicScoreParams } from './score/params.ts'
import type { PeerScoreSnapshot } from './score/peer-scores.ts'

export interface MeshPeer {
  peerId: string
  topic: string
  direction: 'inbound' | 'outbound'
}

export interface GossipsubMessage {
  /** Who sent it to us. */
  propagationSource: PeerId
  /** Base64 of its id. */
  msgId: string
  msg: Message
}

export interface GossipsubEvents extends PubsubEvents {
  'gossipsub:heartbeat': CustomEvent
  /** A message that came; with `asyncValidation` before anybody judged it, else when it is delivered. */
  'gossipsub:message': CustomEvent<GossipsubMessage>
  /** A peer came to a mesh of ours. */
  'gossipsub:graft': CustomEvent<MeshPeer>
  /** It is not there any more. */
  'gossipsub:prune': CustomEvent<MeshPeer>
}

/** Publish and subscribe over a mesh. Peers are named by base58 of their ids where their names are all that is needed. */
export interface Gossipsub extends Pubsub<GossipsubEvents> {
  /**
   * Joins a topic. `partial`: how its messages are exchanged in parts, for topics that we are not in yet. Throws an
   * `InvalidParametersError` for that without the option `partialMessages`.
   */
  subscribe(topic: string, partial?: PartialTopic): void
  /** Peers in the mesh of a topic. */
  getMeshPeers(topic: string): string[]
  /** What we think of a peer. Zero for one that is not known. */
  getScore(peer: string): number
  /** The same, and why. */
  getScoreDetails(peer: string): PeerScoreSnapshot | undefined
  /** Changes how peers are judged by what they do in a topic. Throws an `InvalidParametersError`. */
  setTopicScoreParams(topic: string, params: Partial<TopicScoreParams>): void
  /**
   * Says what a message is worth that came as `gossipsub:message`, by its id there. Needs the option `asyncValidation`.
   * Does nothing when that was said before, or the message is not in the cache any more.
   */
  reportMessageValidationResult(msgId: string, propagationSource: string, result: TopicValidatorResult): void
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
  private readonly pending: PendingValidations | undefined

  constructor(node: Node, options: CheckedOptions) {
    const { shell, core } = options
    const init = { self: node.peerId.toString(), params: core, random: node.random, tracer: shell.tracer }
    const pending = options.asyncValidation
      ? new PendingValidations(
          () => node.clock.now(),
          (...args) => this.announce(...args)
        )
      : undefined
    const validators = pending === undefined ? [] : [pending.validate]
    const defaultValidators = [...shell.defaultValidators, ...validators]
    super(node, new GossipRouter(init), { ...shell, defaultValidators }, 'gossipsub')
    this.settings = options
    this.pending = pending
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
    this.pending?.expire(Number.POSITIVE_INFINITY)
    await super.stop()
  }

  override subscribe(topic: string, partial?: PartialTopic): void {
    if (partial !== undefined) {
      this.checkPartial(`subscribing to ${topic} for parts`)
      this.router.setPartial(topic, partial)
    }
    super.subscribe(topic)
  }

  /** Peers would send parts in place of messages, and nobody would take them. */
  private checkPartial(what: string): void {
    if (this.settings.partialMessages !== undefined) return
    throw new InvalidParametersError(`${what} takes the option \`partialMessages\``)
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

  reportMessageValidationResult(msgId: string, _propagationSource: string, result: TopicValidatorResult): void {
    this.pending?.report(idFromBase64(msgId), result)
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
    this.checkPartial(`publishing parts to ${topic}`)
    const ask = (
      states: Map<PeerKey, unknown>,
      requestsPartial: (peer: PeerKey) => boolean
    ): Iterable<PartialAction> => {
      return decide(states as Map<string, State | undefined>, requestsPartial)
    }
    this.carryOut(this.router.publishPartial({ topic, groupId }, ask, this.node.clock.now()))
  }

  protected override onEffect(effect: Effect): void {
    if (effect.type === 'graft' || effect.type === 'prune') this.onMeshChange(effect)
    else if (effect.type === 'partial' || effect.type === 'partialGossip') this.onPartial(effect)
  }

  private onPartial(effect: Effect & { type: 'partial' | 'partialGossip' }): void {
    const { partialMessages } = this.settings
    const what = { name: 'a handler of partial messages', otherwise: undefined, log: this.log }
    guarded(() => {
      if (effect.type === 'partial') partialMessages?.onPartial(effect.peer, effect.partial, effect.peerStates)
      else partialMessages?.onGossip?.(effect, effect.peers, effect.peerStates)
    }, what)()
  }

  protected override onDelivered(peer: string, message: PubsubMessage): void {
    if (this.pending !== undefined || this.listenerCount('gossipsub:message') === 0) return
    const [peerId] = this.peerIds([peer])
    if (peerId !== undefined) this.announce(peerId, message.toMessage(), message.id)
  }

  protected override onHeartbeat(): void {
    const { mcacheLength, heartbeatInterval } = this.settings.core
    this.pending?.expire(this.node.clock.now() - mcacheLength * heartbeatInterval)
    this.safeDispatchEvent('gossipsub:heartbeat')
  }

  private announce(propagationSource: PeerId, msg: Message, id: string): void {
    this.safeDispatchEvent('gossipsub:message', { detail: { propagationSource, msgId: idToBase64(id), msg } })
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

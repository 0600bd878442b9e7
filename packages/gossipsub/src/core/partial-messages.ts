import { binaryText, type Partial, type PeerKey } from '@ts-libp2p/pubsub'
import { MAX_GROUPS_PER_PEER, MAX_GROUPS_PER_TOPIC, MIN_GROUP_HEARTBEATS } from '../limits.ts'
import { fanoutFor } from './select.ts'
import { type State, send } from './state.ts'

/** How we want to exchange a topic's messages in parts. */
export interface PartialTopic {
  /** Peers should send us parts, not whole messages. Implies that we can send them. */
  readonly requestsPartial: boolean
  /** We can send parts. */
  readonly supportsSendingPartial: boolean
}

/** What the application wants sent to a peer. */
export interface PartialAction {
  readonly peer: PeerKey
  /** Left out for peers that do not request parts. */
  readonly message?: Uint8Array
  /** Which parts we have and want. */
  readonly metadata?: Uint8Array
}

/** A message in parts, and what the application knows of each peer's share of it. */
interface Group {
  readonly id: Uint8Array
  readonly peerStates: Map<PeerKey, unknown>
  heartbeatsLeft: number
  /** The peer that we heard of it from, until we publish it ourselves. */
  startedBy: PeerKey | undefined
}

/** Asked what to send to whom: for each peer what the application keeps of its share, and whether it requests parts. */
export type Decide = (
  states: Map<PeerKey, unknown>,
  requestsPartial: (peer: PeerKey) => boolean
) => Iterable<PartialAction>

/** Messages in parts. There only where the application brings them: few need this code. */
export class PartialMessages {
  readonly groups: Map<string, Map<string, Group>> = new Map()
  private readonly topics = new Map<string, PartialTopic>()
  private readonly groupHeartbeats: number

  /** `groupHeartbeats`: for which a group is kept after we published parts of it. */
  constructor(groupHeartbeats: number) {
    this.groupHeartbeats = Math.max(groupHeartbeats, MIN_GROUP_HEARTBEATS)
  }

  /** Before the topic is joined. */
  setTopic(topic: string, flags: PartialTopic): void {
    this.topics.set(topic, flags)
  }

  /** What our subscription to a topic says. */
  flags(topic: string): PartialTopic | undefined {
    return this.topics.get(topic)
  }

  /** The peer sends us parts: it need not be told what we have whole. */
  sends(s: State, topic: string, peer: PeerKey): boolean {
    if (this.topics.get(topic)?.requestsPartial !== true || !areExchanged(s, peer)) return false
    return s.subscriptions.of(topic).get(peer)?.supportsSendingPartial === true
  }

  /** The peer gets parts from us, not whole messages. One that asks for them and cannot read them gets messages whole. */
  gets(s: State, topic: string, peer: PeerKey): boolean {
    if (this.topics.get(topic)?.supportsSendingPartial !== true) return false
    return areRequested(s, topic, peer) && areExchanged(s, peer)
  }

  /** Parts, or news of them, from a peer. Nothing is kept of topics that we exchange none in: peers could name any number. */
  receive(s: State, peer: PeerKey, partial: Partial): void {
    if (!areExchanged(s, peer) || !this.topics.has(partial.topic)) return
    const group = this.groupOf(partial, peer)
    if (group !== undefined) s.effects.push({ type: 'partial', peer, partial, peerStates: group.peerStates })
  }

  /** We have parts to send, or news of them, and ask the application what to send to whom. */
  publish(s: State, { topic, groupId }: { topic: string; groupId: Uint8Array }, decide: Decide): void {
    const group = this.groupOf({ topic, groupId }, undefined)
    if (group === undefined) return
    group.startedBy = undefined
    group.heartbeatsLeft = this.groupHeartbeats
    for (const peer of this.peersIn(s, topic)) if (!group.peerStates.has(peer)) group.peerStates.set(peer, undefined)
    for (const { peer, message, metadata } of decide(group.peerStates, key => areRequested(s, topic, key))) {
      const sent = areRequested(s, topic, peer) ? message : undefined
      if (sent !== undefined || metadata !== undefined)
        send(s, peer, { partial: { topic, groupId, message: sent, metadata } })
    }
  }

  /** Peers that were picked for gossip and get parts: the application says what. */
  gossip(s: State, topic: string, peers: readonly PeerKey[]): void {
    for (const { id, startedBy, peerStates } of this.groups.get(topic)?.values() ?? []) {
      if (startedBy !== undefined) continue
      const strangers = peers.filter(peer => !peerStates.has(peer))
      for (const peer of strangers) peerStates.set(peer, undefined)
      if (strangers.length > 0)
        s.effects.push({ type: 'partialGossip', topic, groupId: id, peers: strangers, peerStates })
    }
  }

  /** A heartbeat has passed. */
  age(): void {
    for (const [topic, groups] of this.groups) {
      for (const [key, group] of groups) {
        if (group.heartbeatsLeft === 0 || group.peerStates.size === 0) groups.delete(key)
        else group.heartbeatsLeft--
      }
      if (groups.size === 0) this.groups.delete(topic)
    }
  }

  /** The peer is gone. */
  forget(peer: PeerKey): void {
    for (const topic of this.groups.keys()) this.forgetIn(topic, peer)
  }

  /** The peer is not in the topic any more. */
  forgetIn(topic: string, peer: PeerKey): void {
    for (const { peerStates } of this.groups.get(topic)?.values() ?? []) peerStates.delete(peer)
  }

  /** Mesh, or fanout, peers that exchange parts of the topic with us. */
  private peersIn(s: State, topic: string): PeerKey[] {
    const mesh = s.mesh.of(topic)
    const peers = mesh.size > 0 ? mesh : fanoutFor(s, topic)
    return [...peers].filter(peer => this.sends(s, topic, peer) || this.gets(s, topic, peer))
  }

  /** Undefined when the peer, or all peers together, started too many. */
  private groupOf(
    { topic, groupId }: { topic: string; groupId: Uint8Array },
    peer: PeerKey | undefined
  ): Group | undefined {
    const groups = this.groups.get(topic) ?? new Map<string, Group>()
    const key = binaryText(groupId)
    const known = groups.get(key)
    if (known !== undefined) return known
    if (peer !== undefined && !mayStart(groups, peer)) return undefined
    const group: Group = { id: groupId, peerStates: new Map(), heartbeatsLeft: this.groupHeartbeats, startedBy: peer }
    this.groups.set(topic, groups.set(key, group))
    return group
  }
}

/** Both of us announced the extension. */
function areExchanged(s: State, peer: PeerKey): boolean {
  return s.extensions.get(peer)?.partialMessages === true
}

function areRequested(s: State, topic: string, peer: PeerKey): boolean {
  return s.subscriptions.of(topic).get(peer)?.requestsPartial === true
}

function mayStart(groups: Map<string, Group>, peer: PeerKey): boolean {
  const started = [...groups.values()].filter(({ startedBy }) => startedBy !== undefined)
  const own = started.filter(({ startedBy }) => startedBy === peer)
  return started.length < MAX_GROUPS_PER_TOPIC && own.length < MAX_GROUPS_PER_PEER
}

import { binaryText, type Partial, type PeerKey, type Subscription } from '@ts-libp2p/pubsub'
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

export interface Partials {
  readonly isOn: boolean
  /** Heartbeats for which a group is kept after we published parts of it. */
  readonly groupHeartbeats: number
  readonly topics: Map<string, PartialTopic>
  readonly groups: Map<string, Map<string, Group>>
}

/** What our subscription to a topic says. */
export function partialFlags(s: State, topic: string): Omit<Subscription, 'topic' | 'subscribe'> {
  return s.partials.topics.get(topic) ?? {}
}

/** The peer sends us parts: it need not be told what we have whole. */
export function sendsParts(s: State, topic: string, peer: PeerKey): boolean {
  if (s.partials.topics.get(topic)?.requestsPartial !== true || !exchangesParts(s, peer)) return false
  return s.subscriptions.of(topic).get(peer)?.supportsSendingPartial === true
}

/** The peer gets parts from us, not whole messages. One that asks for them and cannot read them gets messages whole. */
export function getsParts(s: State, topic: string, peer: PeerKey): boolean {
  if (s.partials.topics.get(topic)?.supportsSendingPartial !== true) return false
  return requestsParts(s, topic, peer) && exchangesParts(s, peer)
}

/** Both of us announced the extension. */
function exchangesParts(s: State, peer: PeerKey): boolean {
  return s.partials.isOn && s.extensions.get(peer)?.partialMessages === true
}

function requestsParts(s: State, topic: string, peer: PeerKey): boolean {
  return s.subscriptions.of(topic).get(peer)?.requestsPartial === true
}

/** Parts, or news of them, from a peer. Nothing is kept of topics that we exchange none in: peers could name any number. */
export function onPartial(s: State, peer: PeerKey, partial: Partial | undefined): void {
  if (partial === undefined || !exchangesParts(s, peer) || !s.partials.topics.has(partial.topic)) return
  const group = groupOf(s, partial, peer)
  if (group !== undefined) s.effects.push({ type: 'partial', peer, partial, peerStates: group.peerStates })
}

/** We have parts to send, or news of them, and ask the application what to send to whom. */
export function publishPartial(
  s: State,
  { topic, groupId }: { topic: string; groupId: Uint8Array },
  decide: (states: Map<PeerKey, unknown>, requestsPartial: (peer: PeerKey) => boolean) => Iterable<PartialAction>
): void {
  const group = groupOf(s, { topic, groupId }, undefined)
  if (group === undefined) return
  group.startedBy = undefined
  group.heartbeatsLeft = Math.max(s.partials.groupHeartbeats, MIN_GROUP_HEARTBEATS)
  for (const peer of partialPeers(s, topic)) if (!group.peerStates.has(peer)) group.peerStates.set(peer, undefined)
  for (const { peer, message, metadata } of decide(group.peerStates, key => requestsParts(s, topic, key))) {
    const sent = requestsParts(s, topic, peer) ? message : undefined
    if (sent !== undefined || metadata !== undefined)
      send(s, peer, { partial: { topic, groupId, message: sent, metadata } })
  }
}

/** Peers that were picked for gossip and get parts: the application says what. */
export function gossipParts(s: State, topic: string, peers: readonly PeerKey[]): void {
  for (const { id, startedBy, peerStates } of s.partials.groups.get(topic)?.values() ?? []) {
    if (startedBy !== undefined) continue
    const strangers = peers.filter(peer => !peerStates.has(peer))
    for (const peer of strangers) peerStates.set(peer, undefined)
    if (strangers.length > 0)
      s.effects.push({ type: 'partialGossip', topic, groupId: id, peers: strangers, peerStates })
  }
}

/** A heartbeat has passed. */
export function agePartials(s: State): void {
  for (const [topic, groups] of s.partials.groups) {
    for (const [key, group] of groups) {
      if (group.heartbeatsLeft === 0 || group.peerStates.size === 0) groups.delete(key)
      else group.heartbeatsLeft--
    }
    if (groups.size === 0) s.partials.groups.delete(topic)
  }
}

/** The peer is gone. */
export function forgetPartials(s: State, peer: PeerKey): void {
  for (const topic of s.partials.groups.keys()) forgetPartialsIn(s, topic, peer)
}

/** The peer is not in the topic any more. */
export function forgetPartialsIn(s: State, topic: string, peer: PeerKey): void {
  for (const { peerStates } of s.partials.groups.get(topic)?.values() ?? []) peerStates.delete(peer)
}

/** Mesh, or fanout, peers that exchange parts of the topic with us. */
function partialPeers(s: State, topic: string): PeerKey[] {
  const mesh = s.mesh.of(topic)
  const peers = mesh.size > 0 ? mesh : fanoutFor(s, topic)
  return [...peers].filter(peer => sendsParts(s, topic, peer) || getsParts(s, topic, peer))
}

/** Undefined when the peer, or all peers together, started too many. */
function groupOf(
  s: State,
  { topic, groupId }: { topic: string; groupId: Uint8Array },
  peer: PeerKey | undefined
): Group | undefined {
  const groups = s.partials.groups.get(topic) ?? new Map<string, Group>()
  const key = binaryText(groupId)
  const known = groups.get(key)
  if (known !== undefined) return known
  if (peer !== undefined && !mayStart(groups, peer)) return undefined
  const heartbeatsLeft = Math.max(s.partials.groupHeartbeats, MIN_GROUP_HEARTBEATS)
  const group: Group = { id: groupId, peerStates: new Map(), heartbeatsLeft, startedBy: peer }
  s.partials.groups.set(topic, groups.set(key, group))
  return group
}

function mayStart(groups: Map<string, Group>, peer: PeerKey): boolean {
  const started = [...groups.values()].filter(({ startedBy }) => startedBy !== undefined)
  const own = started.filter(({ startedBy }) => startedBy === peer)
  return started.length < MAX_GROUPS_PER_TOPIC && own.length < MAX_GROUPS_PER_PEER
}

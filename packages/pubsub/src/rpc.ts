import { PubsubError } from './errors.ts'
import { Fields } from './fields.ts'
import { idFromBytes, type MessageId } from './ids.ts'
import type { DecodeRpcLimits } from './limits.ts'
import { Control as ControlMessage, Partial as PartialMessage, SubOpts } from './pb/rpc.js'

/** A peer comes to a topic, or leaves it. */
export interface Subscription {
  readonly topic: string
  readonly subscribe: boolean
  /** It wants partial messages of the topic. Extension of gossipsub 1.3. */
  readonly requestsPartial?: boolean
  /** It can send them. */
  readonly supportsSendingPartial?: boolean
}

export interface IHave {
  readonly topic: string
  readonly ids: readonly MessageId[]
}

/** A peer that another one offers to connect to. */
export interface PeerOffer {
  readonly peerId: Uint8Array
  readonly signedPeerRecord?: Uint8Array
}

export interface Prune {
  readonly topic: string
  /** Absent from peers that speak 1.0. */
  readonly backoffSeconds?: number
  readonly peers: readonly PeerOffer[]
}

/** What a peer says of itself in the first RPC of a stream, from gossipsub 1.3 on. */
export interface Extensions {
  readonly partialMessages: boolean
}

export interface Control {
  readonly ihave: readonly IHave[]
  readonly iwant: readonly MessageId[]
  readonly graft: readonly string[]
  readonly prune: readonly Prune[]
  readonly idontwant: readonly MessageId[]
  readonly extensions?: Extensions
}

/** A part of a message that the application puts together itself. */
export interface Partial {
  readonly topic: string
  readonly groupId: Uint8Array
  readonly message?: Uint8Array
  /** Which parts the sender has and wants. */
  readonly metadata?: Uint8Array
}

export interface Rpc {
  readonly subscriptions: readonly Subscription[]
  /** Not read yet; views of what was received. */
  readonly messages: readonly Uint8Array[]
  readonly control?: Control
  readonly partial?: Partial
}

const SUBSCRIPTIONS = 1
const PUBLISH = 2
const CONTROL = 3
const PARTIAL = 10

const NONE: readonly never[] = []

/**
 * Reads an RPC. Its entries are counted before any of them is decoded. With `isTrusted` false only the subscriptions
 * are.
 *
 * Throws a `PubsubError`: `malformed`, or `too-many` for more entries than `limits` allow.
 */
export function decodeRpc(bytes: Uint8Array, limits: DecodeRpcLimits, isTrusted = true): Rpc {
  const views = splitRpc(bytes, limits, isTrusted)
  try {
    return {
      subscriptions: views.subscriptions.length === 0 ? NONE : views.subscriptions.map(readSubscription),
      messages: views.messages,
      control: views.control === undefined ? undefined : readControl(views.control),
      partial: views.partial === undefined ? undefined : readPartial(views.partial)
    }
  } catch (cause) {
    throw new PubsubError('malformed', 'an RPC that cannot be decoded', { cause })
  }
}

interface RpcViews {
  subscriptions: Uint8Array[]
  messages: Uint8Array[]
  control?: Uint8Array
  partial?: Uint8Array
}

function splitRpc(bytes: Uint8Array, limits: DecodeRpcLimits, isTrusted: boolean): RpcViews {
  const views: RpcViews = { subscriptions: [], messages: [] }
  const fields = new Fields(bytes)
  while (fields.next()) {
    if (fields.number === SUBSCRIPTIONS) views.subscriptions.push(fields.value())
    if (!isTrusted) continue
    if (fields.number === PUBLISH) views.messages.push(fields.value())
    else if (fields.number === PARTIAL) views.partial = fields.value()
    else if (fields.number === CONTROL) {
      checkControl(fields.nested(), limits)
      views.control = fields.value()
    }
  }
  atMost('messages', views.messages.length, limits.maxMessages)
  atMost('subscriptions', views.subscriptions.length, limits.maxSubscriptions)
  return views
}

const IHAVE = 1
const IWANT = 2
const PRUNE = 4
const IDONTWANT = 5

/** Field number of the list within each control entry. */
const LISTS: Readonly<Record<number, readonly [name: string, field: number, limit: keyof DecodeRpcLimits]>> = {
  [IHAVE]: ['IHAVE ids', 2, 'maxIhaveMessageIDs'],
  [IWANT]: ['IWANT ids', 1, 'maxIwantMessageIDs'],
  [PRUNE]: ['peers', 2, 'maxPeerInfos'],
  [IDONTWANT]: ['IDONTWANT ids', 1, 'maxIdontwantMessageIDs']
}

function checkControl(fields: Fields, limits: DecodeRpcLimits): void {
  let entries = 0
  const lengths = [0, 0, 0, 0, 0, 0]
  while (fields.next()) {
    atMost('control entries', ++entries, limits.maxControlMessages)
    const list = LISTS[fields.number]
    if (list === undefined) continue
    const [name, field, limit] = list
    const count = countOf(fields.nested(), field)
    // Peers are limited in each PRUNE, ids in all lists of a kind together.
    lengths[fields.number] = count + (fields.number === PRUNE ? 0 : (lengths[fields.number] as number))
    atMost(name, lengths[fields.number] as number, limits[limit])
  }
}

function countOf(fields: Fields, field: number): number {
  let count = 0
  while (fields.next()) if (fields.number === field) count++
  return count
}

function atMost(what: string, count: number, limit: number): void {
  if (count > limit) throw new PubsubError('too-many', `an RPC with more than ${limit} ${what}`)
}

function readSubscription(bytes: Uint8Array): Subscription {
  const { topicid, subscribe, requestsPartial, supportsSendingPartial } = SubOpts.decode(bytes)
  return {
    topic: topicid ?? '',
    subscribe: subscribe ?? false,
    requestsPartial: requestsPartial ?? false,
    supportsSendingPartial: supportsSendingPartial ?? false
  }
}

function readControl(bytes: Uint8Array): Control {
  const { ihave, iwant, graft, prune, idontwant, extensions } = ControlMessage.decode(bytes)
  return {
    ihave: ihave.map(({ topicID, messageIDs }) => ({ topic: topicID ?? '', ids: (messageIDs ?? []).map(idFromBytes) })),
    iwant: iwant.flatMap(({ messageIDs }) => (messageIDs ?? []).map(idFromBytes)),
    graft: graft.map(({ topicID }) => topicID ?? ''),
    prune: prune.map(({ topicID, backoff, peers }) => ({
      topic: topicID ?? '',
      backoffSeconds: backoff,
      peers: (peers ?? []).map(({ peerID, signedPeerRecord }) => ({
        peerId: new Uint8Array(peerID ?? []),
        signedPeerRecord: copyOf(signedPeerRecord)
      }))
    })),
    idontwant: idontwant.flatMap(({ messageIDs }) => (messageIDs ?? []).map(idFromBytes)),
    extensions: extensions == null ? undefined : { partialMessages: extensions.partialMessages ?? false }
  }
}

function readPartial(bytes: Uint8Array): Partial {
  const { topicID, groupID, partialMessage, partsMetadata } = PartialMessage.decode(bytes)
  return {
    topic: topicID ?? '',
    groupId: new Uint8Array(groupID ?? []),
    message: copyOf(partialMessage),
    metadata: copyOf(partsMetadata)
  }
}

/** What outlives the chunk that it was received in is copied. What is empty is as good as absent. */
function copyOf(bytes: Uint8Array | null | undefined): Uint8Array | undefined {
  return bytes == null || bytes.byteLength === 0 ? undefined : new Uint8Array(bytes)
}

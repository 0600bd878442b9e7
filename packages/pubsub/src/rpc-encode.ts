import { lengthPrefixed } from '@ts-libp2p/bytes'
import { idToBytes, type MessageId } from './ids.ts'
import { MAX_CONTROL_RPC_BYTES } from './limits.ts'
import {
  type Control,
  encodeRpc as encodeMessage,
  type Prune as PruneMessage,
  type Rpc as RpcMessage,
  type SubOpts
} from './pb/rpc.js'
import type { RpcParts } from './router.ts'
import type { IHave, Prune, Subscription } from './rpc.ts'

interface ControlDraft {
  graft: { topicID: string }[]
  prune: PruneMessage.$Properties[]
  ihave: { topicID: string; messageIDs: Uint8Array[] }[]
  iwant: { messageIDs: Uint8Array[] }[]
  idontwant: { messageIDs: Uint8Array[] }[]
  extensions?: Control.$Properties['extensions']
}

interface RpcDraft {
  subscriptions: SubOpts.$Properties[]
  control: ControlDraft
  hasControl: boolean
  partial?: RpcMessage.$Properties['partial']
}

/** Adds something to an RPC: the smallest part, which is not split any further. */
type Unit = (rpc: RpcDraft) => void

/** Bytes of the ids in one unit, about: several fit into an RPC that rust-libp2p reads. */
const UNIT_BYTES = 4096

/** Of the length before an RPC. */
const MAX_PREFIX_BYTES = 5

/** Tag and length of an id. */
const ID_OVERHEAD_BYTES = 2

/** RPCs, each with its length before it, and how many were too large to be any. */
interface Encoded {
  readonly frames: readonly Uint8Array[]
  readonly oversized: number
}

/**
 * Encodes what is to be said to a peer: as one RPC, or as several where it is over `MAX_CONTROL_RPC_BYTES`. What is over
 * `maxBytes` even alone, its length included, is left out and counted. What comes first stays first.
 */
export function encodeRpcs(parts: RpcParts, maxBytes: number): Encoded {
  const frames = encodeUnits(unitsOf(parts), Math.min(maxBytes, MAX_CONTROL_RPC_BYTES))
  const fitting = frames.filter(({ byteLength }) => byteLength <= maxBytes)
  return { frames: fitting, oversized: frames.length - fitting.length }
}

const gossips = new WeakMap<IHave, Encoded & { readonly maxBytes: number }>()

/** The RPCs of nothing but an IHAVE: encoded once for all peers that are told the same. */
export function encodeGossip(ihave: IHave, maxBytes: number): Encoded {
  const known = gossips.get(ihave)
  if (known?.maxBytes === maxBytes) return known
  const encoded = { ...encodeRpcs({ control: { ihave: [ihave] } }, maxBytes), maxBytes }
  gossips.set(ihave, encoded)
  return encoded
}

function encodeUnits(units: readonly Unit[], maxBytes: number): Uint8Array[] {
  if (units.length === 0) return []
  const frame = lengthPrefixed(encode(units))
  if (frame.byteLength <= maxBytes || units.length === 1) return [frame]
  return packed(units, maxBytes - MAX_PREFIX_BYTES).map(some => lengthPrefixed(encode(some)))
}

/** One after the other into RPCs, each as full as it can be: no two neighbours would fit into one. */
function packed(units: readonly Unit[], maxBytes: number): Unit[][] {
  const rpcs: Unit[][] = []
  let room = 0
  for (const unit of units) {
    // Together they take no more than one by one: what is around each is then around all.
    const { byteLength } = encode([unit])
    if (byteLength > room) {
      rpcs.push([])
      room = maxBytes
    }
    rpcs.at(-1)?.push(unit)
    room -= byteLength
  }
  return rpcs
}

function encode(units: readonly Unit[]): Uint8Array {
  const control: ControlDraft = { graft: [], prune: [], ihave: [], iwant: [], idontwant: [] }
  const draft: RpcDraft = { subscriptions: [], control, hasControl: false }
  for (const unit of units) unit(draft)
  const { subscriptions, hasControl, partial } = draft
  const rpc: RpcMessage.$Properties = { subscriptions }
  if (hasControl) rpc.control = control
  if (partial !== undefined) rpc.partial = partial
  return encodeMessage(rpc).finish()
}

function unitsOf({ extensions, subscriptions = [], control = {}, partial }: RpcParts): Unit[] {
  const { graft = [], prune = [], ihave = [], iwant = [], idontwant = [] } = control
  const units: Unit[] = []
  if (extensions !== undefined) units.push(inControl(draft => Object.assign(draft, { extensions })))
  for (const each of subscriptions) units.push(rpc => void rpc.subscriptions.push(subscriptionOf(each)))
  for (const topicID of graft) units.push(inControl(draft => draft.graft.push({ topicID })))
  for (const each of prune) units.push(inControl(draft => draft.prune.push(pruneOf(each))))
  for (const messageIDs of chunks(idontwant)) units.push(inControl(draft => draft.idontwant.push({ messageIDs })))
  for (const messageIDs of chunks(iwant)) units.push(inControl(draft => draft.iwant.push({ messageIDs })))
  for (const each of ihave) units.push(...ihaveUnits(each))
  if (partial !== undefined) {
    const { topic: topicID, groupId: groupID, message: partialMessage, metadata: partsMetadata } = partial
    units.push(rpc => Object.assign(rpc, { partial: { topicID, groupID, partialMessage, partsMetadata } }))
  }
  return units
}

function inControl(add: (control: ControlDraft) => void): Unit {
  return rpc => {
    rpc.hasControl = true
    add(rpc.control)
  }
}

function ihaveUnits({ topic: topicID, ids }: IHave): Unit[] {
  return chunks(ids).map(messageIDs => inControl(draft => draft.ihave.push({ topicID, messageIDs })))
}

function chunks(ids: readonly MessageId[]): Uint8Array[][] {
  const out: Uint8Array[][] = []
  let left = 0
  for (const id of ids) {
    if (left < id.length) {
      out.push([])
      left = UNIT_BYTES
    }
    out.at(-1)?.push(idToBytes(id))
    left -= id.length + ID_OVERHEAD_BYTES
  }
  return out
}

function subscriptionOf({ topic: topicid, subscribe, ...partial }: Subscription): SubOpts.$Properties {
  const { requestsPartial, supportsSendingPartial } = partial
  if (requestsPartial !== true && supportsSendingPartial !== true) return { subscribe, topicid }
  return { subscribe, topicid, requestsPartial, supportsSendingPartial }
}

function pruneOf({ topic: topicID, backoffSeconds: backoff, peers }: Prune): PruneMessage.$Properties {
  return {
    topicID,
    backoff,
    peers: peers.map(({ peerId: peerID, signedPeerRecord }) => ({ peerID, signedPeerRecord }))
  }
}

import type { PeerId, PeerInfo } from '@ts-libp2p/interface'
import type { MessageName, MessageType } from '../wire/message.ts'

/** The kinds of events of a query, with the ecosystem's numbers. */
export const EventTypes = {
  SEND_QUERY: 0,
  PEER_RESPONSE: 1,
  FINAL_PEER: 2,
  QUERY_ERROR: 3,
  PROVIDER: 4,
  VALUE: 5,
  ADD_PEER: 6,
  DIAL_PEER: 7,
  PATH_ENDED: 8
} as const
export type EventTypes = typeof EventTypes

/** Where on which of the disjoint paths something happened. */
export interface DisjointPath {
  readonly index: number
  /** Peers that wait to be asked. */
  readonly queued: number
  /** Requests under way. */
  readonly running: number
  /** How many paths there are. */
  readonly total: number
}

/** A value that a peer has. */
export interface DHTRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly timeReceived?: Date
}

interface EventBase<Name extends keyof EventTypes> {
  readonly type: EventTypes[Name]
  readonly name: Name
  readonly path: DisjointPath
}

/** A request goes to a peer. */
export interface SendQueryEvent extends EventBase<'SEND_QUERY'> {
  readonly to: PeerId
  readonly messageName: MessageName
  readonly messageType: MessageType
}

/** A peer answered. */
export interface PeerResponseEvent extends EventBase<'PEER_RESPONSE'> {
  readonly from: PeerId
  readonly messageName: MessageName
  readonly messageType: MessageType
  /** Peers that it holds to be nearer. */
  readonly closer: PeerInfo[]
  readonly providers: PeerInfo[]
  /** Not validated. */
  readonly record?: DHTRecord
}

/** The peer looked for, or one of the nearest. */
export interface FinalPeerEvent extends EventBase<'FINAL_PEER'> {
  readonly from: PeerId
  readonly peer: PeerInfo
}

/** A peer could not be asked, or what it said is of no use. */
export interface QueryErrorEvent extends EventBase<'QUERY_ERROR'> {
  readonly from: PeerId
  readonly error: Error
}

/** Providers that were not found before. */
export interface ProviderEvent extends EventBase<'PROVIDER'> {
  readonly from: PeerId
  readonly providers: PeerInfo[]
}

/** A valid value. The last one of a `get` is the best. */
export interface ValueEvent extends EventBase<'VALUE'> {
  readonly from: PeerId
  readonly value: Uint8Array
}

/** A peer that was not known before will be asked if it is among the nearest. */
export interface AddPeerEvent extends EventBase<'ADD_PEER'> {
  readonly peer: PeerId
}

/** A peer is not connected and is dialled before it is asked. */
export interface DialPeerEvent extends EventBase<'DIAL_PEER'> {
  readonly peer: PeerId
}

/** A path has come to its end. */
export interface PathEndedEvent extends EventBase<'PATH_ENDED'> {}

export type QueryEvent =
  | SendQueryEvent
  | PeerResponseEvent
  | FinalPeerEvent
  | QueryErrorEvent
  | ProviderEvent
  | ValueEvent
  | AddPeerEvent
  | DialPeerEvent
  | PathEndedEvent

/** The two names of an event. */
export function named<Name extends keyof EventTypes>(name: Name): { type: EventTypes[Name]; name: Name } {
  return { type: EventTypes[name], name }
}

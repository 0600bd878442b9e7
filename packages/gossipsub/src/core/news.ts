import { fromUtf8 } from '@ts-libp2p/bytes'
import { countDrop, type IHave, type MessageId, type PeerKey } from '@ts-libp2p/pubsub'
import { TOLD_BYTES_PER_RPC } from '../limits.ts'
import { shuffle } from './shuffle.ts'
import { type State, send } from './state.ts'

/** What there is to tell of a topic: one object for all peers, so that it is encoded once. */
export interface News {
  readonly ihave: IHave
  /** What the topic takes of RPCs, at most, and each id, with its share of the topic's repetitions. */
  readonly entryBytes: number
  readonly idBytes: number
}

/** Tag and length of an id, at most. */
const ID_OVERHEAD_BYTES = 4

/** What is around the topic and ids of an IHAVE, at most; and after how many bytes of ids there may be another one. */
const ENTRY_OVERHEAD_BYTES = 16
const ENTRY_BYTES = 2048

export function newsOf(topic: string, ids: readonly MessageId[]): News {
  const entryBytes = fromUtf8(topic).byteLength + ENTRY_OVERHEAD_BYTES
  const longest = ids.reduce((most, { length }) => Math.max(most, length), 0)
  return { ihave: { topic, ids }, entryBytes, idBytes: (longest + ID_OVERHEAD_BYTES) * (1 + entryBytes / ENTRY_BYTES) }
}

/** The end of a heartbeat: peers are told what was noted for them. */
export function tellNews(s: State): void {
  for (const [peer, news] of s.news) tell(s, peer, news)
  s.news.clear()
}

/**
 * Tells a peer what we have, but no more between two heartbeats than it listens to: IHAVEs in so many RPCs, and so many
 * ids in each. Of what is too much each peer hears something else.
 */
export function tell(s: State, peer: PeerKey, news: readonly News[]): void {
  const { maxIHaveLength, maxIHaveMessages } = s.params
  const usage = s.allowances.of(peer)
  // The first may share its RPC with other things, and hold little more than its own overhead.
  const room = Math.max(1, maxIHaveMessages - 1) * TOLD_BYTES_PER_RPC - usage.told
  const isAll = bytesOf(news) <= room && news.every(({ ihave }) => ihave.ids.length <= maxIHaveLength)
  const told = isAll ? news : some(s, news, room)
  usage.told += bytesOf(told)
  countDrop(s.counters, 'untold', idsIn(news) - idsIn(told))
  if (told.length > 0) send(s, peer, { control: { ihave: told.map(({ ihave }) => ihave) } })
}

/** Topics in random order, and in each from a random id on: a shuffle of thousands of ids for every peer takes 10 ms. */
function some(s: State, news: readonly News[], room: number): News[] {
  const told: News[] = []
  let left = room
  for (const one of shuffle([...news], s.random)) {
    const { topic, ids } = one.ihave
    const fitting = Math.floor((left - one.entryBytes) / one.idBytes)
    const count = Math.min(ids.length, s.params.maxIHaveLength, fitting)
    if (count <= 0) continue
    const from = Math.floor(s.random.float() * ids.length)
    const chosen = [...ids.slice(from, from + count), ...ids.slice(0, Math.max(0, from + count - ids.length))]
    left -= one.entryBytes + count * one.idBytes
    told.push({ ...one, ihave: { topic, ids: chosen } })
  }
  return told
}

function bytesOf(news: readonly News[]): number {
  return news.reduce((sum, { ihave, entryBytes, idBytes }) => sum + entryBytes + ihave.ids.length * idBytes, 0)
}

function idsIn(news: readonly News[]): number {
  return news.reduce((sum, { ihave }) => sum + ihave.ids.length, 0)
}

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

/** At random, over all topics. */
function some(s: State, news: readonly News[], room: number): News[] {
  const all = news.flatMap(of => of.ihave.ids.map(id => ({ of, id })))
  const chosen = new Map<News, MessageId[]>()
  let left = room
  for (const { of, id } of shuffle(all, s.random)) {
    const ids = chosen.get(of) ?? []
    const bytes = of.idBytes + (ids.length === 0 ? of.entryBytes : 0)
    if (bytes > left || ids.length >= s.params.maxIHaveLength) continue
    left -= bytes
    ids.push(id)
    chosen.set(of, ids)
  }
  return [...chosen].map(([of, ids]) => ({ ...of, ihave: { topic: of.ihave.topic, ids } }))
}

function bytesOf(news: readonly News[]): number {
  return news.reduce((sum, { ihave, entryBytes, idBytes }) => sum + entryBytes + ihave.ids.length * idBytes, 0)
}

function idsIn(news: readonly News[]): number {
  return news.reduce((sum, { ihave }) => sum + ihave.ids.length, 0)
}

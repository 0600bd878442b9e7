import { countDrop, type IHave, type MessageId, type PeerKey } from '@ts-libp2p/pubsub'
import { newsOf } from './news.ts'
import { pickPeers } from './select.ts'
import { shuffle } from './shuffle.ts'
import { forward, isDirect, type State, scoreOf, send } from './state.ts'

/** A peer says what it has. What we have not is asked for, up to what a peer can make us ask between heartbeats. */
export function onIHave(s: State, peer: PeerKey, ihave: readonly IHave[]): void {
  if (ihave.length === 0 || !isTrustedWithGossip(s, peer)) return
  const { maxIHaveMessages, maxIHaveLength } = s.params
  const usage = s.allowances.of(peer)
  usage.ihaves++
  if (usage.ihaves > maxIHaveMessages || usage.asked >= maxIHaveLength) {
    countDrop(s.counters, 'over allowance', ihave.length)
    return
  }
  const wanted = shuffle([...unknownIds(s, ihave)], s.random).slice(0, maxIHaveLength - usage.asked)
  if (wanted.length === 0) return
  usage.asked += wanted.length
  s.promises.add(wanted[Math.floor(s.random.float() * wanted.length)] as MessageId, peer, s.now)
  send(s, peer, { control: { iwant: wanted } })
}

function unknownIds(s: State, ihave: readonly IHave[]): Set<MessageId> {
  const wanted = new Set<MessageId>()
  for (const { topic, ids } of ihave) {
    if (!s.mesh.has(topic)) continue
    for (const id of ids.slice(0, s.params.maxIHaveLength)) {
      if (!s.seen.has(id) && !s.verifying.has(id)) wanted.add(id)
    }
  }
  return wanted
}

/** A peer asks for messages. It gets those that are in the cache, each a few times. */
export function onIWant(s: State, peer: PeerKey, ids: readonly MessageId[]): void {
  if (ids.length === 0 || !isTrustedWithGossip(s, peer)) return
  for (const id of new Set(ids)) {
    if (s.dontWants.has(peer, id)) continue
    const asked = s.cache.ask(id, peer)
    if (asked === undefined) countDrop(s.counters, 'not in cache')
    else if (asked.times > s.params.gossipRetransmission) countDrop(s.counters, 'asked too often')
    else forward(s, [peer], asked.message, 'answer')
  }
}

/** A peer has messages already: they are not sent to it, not even those that wait. */
export function onIDontWant(s: State, peer: PeerKey, ids: readonly MessageId[]): void {
  if (ids.length === 0) return
  const usage = s.allowances.of(peer)
  const accepted = ids.slice(0, Math.max(0, s.params.idontwantMaxMessages - usage.unwanted))
  usage.unwanted += ids.length
  if (accepted.length < ids.length) countDrop(s.counters, 'over allowance', ids.length - accepted.length)
  for (const id of accepted) s.dontWants.add(peer, id)
  if (accepted.length > 0) s.effects.push({ type: 'cancel', peer, ids: accepted })
}

/** Notes for some peers outside the mesh, or the fanout, what we have. They are told at the end of the heartbeat. */
export function emitGossip(s: State, topic: string, except: ReadonlySet<PeerKey>): void {
  const { Dlazy, gossipFactor, scoreThresholds } = s.params
  const isFit = ({ key }: { key: PeerKey }): boolean =>
    !except.has(key) && !isDirect(s, key) && scoreOf(s, key) >= scoreThresholds.gossipThreshold
  const all = pickPeers(s, topic, Number.POSITIVE_INFINITY, isFit)
  const picked = all.slice(0, Math.max(Dlazy, Math.floor(gossipFactor * all.length)))
  const inParts = picked.filter(peer => s.partials?.gets(s, topic, peer))
  if (inParts.length > 0) s.partials?.gossip(s, topic, inParts)
  const ids = s.cache.gossipIds(topic)
  if (ids.length === 0) return
  const news = newsOf(topic, ids)
  for (const peer of picked) {
    if (inParts.includes(peer)) continue
    const known = s.news.get(peer)
    if (known === undefined) s.news.set(peer, [news])
    else known.push(news)
  }
}

function isTrustedWithGossip(s: State, peer: PeerKey): boolean {
  return scoreOf(s, peer) >= s.params.scoreThresholds.gossipThreshold
}

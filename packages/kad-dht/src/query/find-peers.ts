import type { PeerId, PeerInfo } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import type { Core } from '../core.ts'
import { KadError } from '../errors.ts'
import { keyOf } from '../key.ts'
import { QUERY_TIMEOUT_MS } from '../limits.ts'
import { type DisjointPath, type FinalPeerEvent, named, type QueryEvent } from './events.ts'
import type { LookupRun } from './lookup-run.ts'
import type { QueryLog } from './query.ts'

/** Where things that did not come from a path of a lookup happened. */
export const NO_PATH: DisjointPath = { index: -1, queued: 0, running: 0, total: 0 }

/** A lookup's events, ended in time: what was found by then is the result. */
export async function* eventsOf(core: Core, run: LookupRun, signal: AbortSignal): AsyncGenerator<QueryEvent> {
  await core.somebody(signal)
  const stopTimer = core.clock.after(QUERY_TIMEOUT_MS, () => run.stop())
  try {
    yield* run.events(signal)
  } finally {
    stopTimer()
  }
}

/** The peers nearest to a key: one FINAL_PEER each at the end, the nearest first. */
export async function* getClosestPeers(
  core: Core,
  key: Uint8Array,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const run = log.add(core.lookup('FIND_NODE', key))
  yield* eventsOf(core, run, signal)
  for (const peer of run.closest()) yield finalPeer(peer, peer.id)
}

/** Where a peer is. Throws a `KadError` (`not-found`). */
export async function* findPeer(
  core: Core,
  id: PeerId,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const self = core.self()
  const key = peerIdToBytes(id)
  const known = self.id.equals(id) ? self : core.table.get({ name: id.toString(), key: keyOf(key) })?.contact
  if (known !== undefined && known.multiaddrs.length > 0) {
    yield finalPeer(known, self.id)
    return
  }
  const run = log.add(core.lookup('FIND_NODE', key))
  for await (const event of eventsOf(core, run, signal)) {
    yield event
    const found = event.name === 'PEER_RESPONSE' ? addressed(event.closer, id) : undefined
    if (found === undefined || event.name !== 'PEER_RESPONSE') continue
    run.stop()
    yield finalPeer(found, event.from)
    return
  }
  throw new KadError('not-found', `${id} was not found`)
}

function finalPeer({ id, multiaddrs }: PeerInfo, from: PeerId): FinalPeerEvent {
  return { ...named('FINAL_PEER'), from, peer: { id, multiaddrs }, path: NO_PATH }
}

function addressed(peers: readonly PeerInfo[], id: PeerId): PeerInfo | undefined {
  return peers.find(peer => peer.multiaddrs.length > 0 && peer.id.equals(id))
}

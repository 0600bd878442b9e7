import type { PeerId, PeerInfo } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { type Contact, contactOf } from '../contact.ts'
import type { Core } from '../core.ts'
import { KadError } from '../errors.ts'
import { MAX_QUEUED_EVENTS, QUERY_TIMEOUT_MS } from '../limits.ts'
import { EventQueue } from './event-queue.ts'
import { type DisjointPath, type FinalPeerEvent, named, type QueryEvent } from './events.ts'
import type { LookupRun } from './lookup-run.ts'
import type { QueryLog } from './query.ts'

/** Where to look: in what is known here, and at other peers. */
export interface Sources {
  readonly useCache: boolean
  readonly useNetwork: boolean
}

/** Where things that did not come from a path of a lookup happened. */
export const NO_PATH: DisjointPath = { index: -1, queued: 0, running: 0, total: 0 }

/**
 * A lookup's events. Reading them keeps it going; whoever stops reading ends it. After a minute it ends by itself: what was
 * found by then is the result.
 */
export async function* eventsOf(core: Core, run: LookupRun, signal: AbortSignal): AsyncGenerator<QueryEvent> {
  await core.somebody(signal)
  const queue = new EventQueue<QueryEvent>()
  const onAbort = (): void => queue.fail(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const stopTimer = core.clock.after(QUERY_TIMEOUT_MS, () => run.stop())
  try {
    run.start({
      onEvent: event => queue.push(event),
      onDone: () => queue.end(),
      isBusy: () => queue.size >= MAX_QUEUED_EVENTS
    })
    for (let event = await queue.take(); event !== undefined; event = await queue.take()) {
      yield event
      if (queue.size === MAX_QUEUED_EVENTS - 1) run.resume()
    }
  } finally {
    stopTimer()
    signal.removeEventListener('abort', onAbort)
    run.stop()
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
  { useCache, useNetwork }: Sources,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const self = core.self()
  const known = self.id.equals(id) ? self : await locally(core, id)
  if (useCache && known !== undefined && known.multiaddrs.length > 0) {
    yield finalPeer(known, self.id)
    return
  }
  if (!useNetwork) throw new KadError('not-found', `${id} is not known here`)
  const run = log.add(core.lookup('FIND_NODE', peerIdToBytes(id)))
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

/** Whom we are connected to, or have in the table. */
async function locally(core: Core, id: PeerId): Promise<Contact | undefined> {
  return (await core.connected(peerIdToBytes(id))) ?? core.table.get(contactOf(id, []))?.contact
}

function finalPeer({ id, multiaddrs }: PeerInfo, from: PeerId): FinalPeerEvent {
  return { ...named('FINAL_PEER'), from, peer: { id, multiaddrs }, path: NO_PATH }
}

function addressed(peers: readonly PeerInfo[], id: PeerId): PeerInfo | undefined {
  return peers.find(peer => peer.multiaddrs.length > 0 && peer.id.equals(id))
}

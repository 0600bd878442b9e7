import { type Pending, tellPeer } from '../ask-peer.ts'
import { type Contact, encodePeer } from '../contact.ts'
import type { Core } from '../core.ts'
import { OPTIMISTIC_SHARE } from '../limits.ts'
import { type Frame, frame, MessageType } from '../wire/message.ts'
import { Broadcast, sendAll } from './broadcast.ts'
import { named, type QueryEvent } from './events.ts'
import { eventsOf, NO_PATH, type Sources } from './find-peers.ts'
import type { LookupRun } from './lookup-run.ts'
import { NewPeers } from './new-peers.ts'
import { Optimist } from './optimist.ts'
import type { QueryLog } from './query.ts'

/** Who has some content: PROVIDER events with peers that were not told before. `key` is a multihash. */
export async function* findProviders(
  core: Core,
  key: Uint8Array,
  { useCache, useNetwork }: Sources,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const news = new NewPeers()
  const local = useCache ? news.of(knownProviders(core, key)) : []
  if (local.length > 0) yield { ...named('PROVIDER'), from: core.self().id, providers: local, path: NO_PATH }
  if (!useNetwork) return
  const run = log.add(core.lookup('GET_PROVIDERS', key))
  for await (const event of eventsOf(core, run, signal)) {
    yield event
    if (event.name !== 'PEER_RESPONSE') continue
    const providers = news.of(event.providers)
    if (providers.length > 0) yield { ...named('PROVIDER'), from: event.from, providers, path: event.path }
  }
}

function knownProviders(core: Core, key: Uint8Array): Contact[] {
  const others = core.contacts.readAll(core.providers.of(key, core.clock.now()).map(({ wire }) => wire))
  return core.own.provides(key) ? [core.self(), ...others] : others
}

/**
 * Announces that we have some content to the peers nearest to its key. Each gives a PEER_RESPONSE when the announcement
 * has left (it has no answer), or a QUERY_ERROR. Throws a `KadError` (`not-stored`) when none could be told.
 */
export async function* provide(
  core: Core,
  key: Uint8Array,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const request = announcement(core, key)
  const send = (peer: Contact): Pending<void> => tellPeer(core, peer, request)
  const run = log.add(core.lookup('FIND_NODE', key))
  const size = core.options.optimisticProvide ? core.networkSize.estimate(core.clock.now()) : undefined
  if (size !== undefined) {
    yield* provideOptimistically(core, run, new Optimist(core, run, key, size), send, signal)
    return
  }
  yield* eventsOf(core, run, signal)
  yield* sendAll(run.holders(), 'ADD_PROVIDER', send, signal)
}

/**
 * The same, but peers are told as soon as they are near enough to be among the nearest in all likelihood, the lookup
 * ends when hardly any nearer ones can be left, and the last quarter of the peers is not waited for.
 */
async function* provideOptimistically(
  core: Core,
  run: LookupRun,
  optimist: Optimist,
  send: (peer: Contact) => Pending<void>,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const broadcast = new Broadcast('ADD_PROVIDER', send)
  for await (const event of eventsOf(core, run, signal)) {
    yield event
    if (event.name === 'PEER_RESPONSE') for (const peer of optimist.onAnswer()) broadcast.to(peer)
  }
  const all = optimist.all()
  for (const peer of all) broadcast.to(peer)
  yield* broadcast.events(signal, Math.ceil(all.length * OPTIMISTIC_SHARE))
}

/** That we have the content. */
export function announcement(core: Core, key: Uint8Array): Frame {
  return frame({ type: MessageType.ADD_PROVIDER, key, providerPeers: [encodePeer(core.self())] })
}

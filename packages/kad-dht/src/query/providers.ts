import type { PeerInfo } from '@ts-libp2p/interface'
import { toError } from '@ts-libp2p/stream'
import { tellPeer } from '../ask-peer.ts'
import { type Contact, encodePeer } from '../contact.ts'
import type { Core } from '../core.ts'
import { KadError } from '../errors.ts'
import { type Frame, frame, MessageType } from '../wire/message.ts'
import { EventQueue } from './event-queue.ts'
import type { PeerResponseEvent, QueryEvent, SendQueryEvent } from './events.ts'
import { eventsOf, NO_PATH } from './find-peers.ts'
import { named } from './lookup-run.ts'
import type { QueryLog } from './query.ts'

/** Who has some content: PROVIDER events with peers that were not told before. `key` is a multihash. */
export async function* findProviders(
  core: Core,
  key: Uint8Array,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const news = new NewProviders()
  const self = core.self()
  const stored = core.providers.of(key, core.clock.now())
  const local = news.of(
    stored.flatMap(({ wire, provider }) => {
      const contact = provider === self.name ? self : core.contacts.read(wire)
      return contact ?? []
    })
  )
  if (local.length > 0) yield { ...named('PROVIDER'), from: self.id, providers: local, path: NO_PATH }
  const run = log.add(core.lookup('GET_PROVIDERS', key))
  for await (const event of eventsOf(core, run, signal)) {
    yield event
    if (event.name !== 'PEER_RESPONSE') continue
    const providers = news.of(event.providers)
    if (providers.length > 0) yield { ...named('PROVIDER'), from: event.from, providers, path: event.path }
  }
}

/** Those not told of before: at all, or not with an address. */
class NewProviders {
  private readonly told = new Map<string, boolean>()

  of(peers: readonly PeerInfo[]): PeerInfo[] {
    return peers.filter(({ id, multiaddrs }) => {
      const name = id.toString()
      const hasAddress = multiaddrs.length > 0
      if (this.told.get(name) === true || (this.told.has(name) && !hasAddress)) return false
      this.told.set(name, hasAddress)
      return true
    })
  }
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
  storeOwn(core, key)
  const run = log.add(core.lookup('FIND_NODE', key))
  yield* eventsOf(core, run, signal)
  const request = announcement(core, key)
  yield* sendAll(run.closest(), 'ADD_PROVIDER', peer => tellPeer(core, peer, request, signal))
}

/** That we have the content. */
function announcement(core: Core, key: Uint8Array): Frame {
  return frame({ type: MessageType.ADD_PROVIDER, key, providerPeers: [encodePeer(core.self())] })
}

function storeOwn(core: Core, key: Uint8Array): void {
  const self = core.self()
  core.providers.add({ key, provider: self.name, wire: encodePeer(self), group: undefined }, core.clock.now())
}

/**
 * Sends something to several peers at once. Throws a `KadError` (`not-stored`) when it reached none.
 */
export async function* sendAll(
  peers: readonly Contact[],
  message: 'ADD_PROVIDER' | 'PUT_VALUE',
  send: (peer: Contact) => Promise<unknown>
): AsyncGenerator<QueryEvent> {
  const queue = new EventQueue<QueryEvent>()
  const fields = { messageName: message, messageType: MessageType[message], path: NO_PATH } as const
  let taken = 0
  const one = async (peer: Contact): Promise<void> => {
    const sent: SendQueryEvent = { ...named('SEND_QUERY'), to: peer.id, ...fields }
    queue.push(sent)
    try {
      await send(peer)
      taken++
      const said: PeerResponseEvent = { ...named('PEER_RESPONSE'), from: peer.id, ...fields, closer: [], providers: [] }
      queue.push(said)
    } catch (err) {
      queue.push({ ...named('QUERY_ERROR'), from: peer.id, error: toError(err), path: NO_PATH })
    }
  }
  void Promise.all(peers.map(one)).then(() => queue.end())
  for (let event = await queue.take(); event !== undefined; event = await queue.take()) yield event
  if (taken === 0) throw new KadError('not-stored', `none of the ${peers.length} nearest peers could be told`)
}

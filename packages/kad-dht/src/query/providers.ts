import type { PeerInfo } from '@ts-libp2p/interface'
import { tellPeer } from '../ask-peer.ts'
import { encodePeer } from '../contact.ts'
import type { Core } from '../core.ts'
import { type Frame, frame, MessageType } from '../wire/message.ts'
import { named, type QueryEvent } from './events.ts'
import { eventsOf, NO_PATH } from './find-peers.ts'
import type { QueryLog } from './query.ts'
import { sendAll } from './send-all.ts'

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
  yield* sendAll(run.closest(), 'ADD_PROVIDER', peer => tellPeer(core, peer, request), signal)
}

/** That we have the content. */
function announcement(core: Core, key: Uint8Array): Frame {
  return frame({ type: MessageType.ADD_PROVIDER, key, providerPeers: [encodePeer(core.self())] })
}

function storeOwn(core: Core, key: Uint8Array): void {
  const self = core.self()
  core.providers.add({ key, provider: self.name, wire: encodePeer(self), group: undefined }, core.clock.now())
}

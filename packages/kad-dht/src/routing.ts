import type { ContentRouting, PeerInfo, PeerRouting, Provider } from '@ts-libp2p/interface'
import { KadError } from './errors.ts'
import type { KadOperations } from './kad-dht.ts'
import type { QueryEvent } from './query/events.ts'

/** The DHT as a router of peers. */
export function peerRoutingOf(dht: Pick<KadOperations, 'findPeer' | 'getClosestPeers'>): PeerRouting {
  return {
    async findPeer(id, options) {
      for await (const event of dht.findPeer(id, options)) if (event.name === 'FINAL_PEER') return event.peer
      throw new KadError('not-found', `${id} was not found`)
    },
    async *getClosestPeers(key, options): AsyncGenerator<PeerInfo> {
      for await (const event of dht.getClosestPeers(key, options)) if (event.name === 'FINAL_PEER') yield event.peer
    }
  }
}

/** The DHT as a router of content. */
export function contentRoutingOf(
  dht: Pick<KadOperations, 'provide' | 'cancelReprovide' | 'findProviders' | 'put' | 'get'>
): ContentRouting {
  return {
    provide: (cid, options) => drain(dht.provide(cid, options)),
    cancelReprovide: (cid, options) => dht.cancelReprovide(cid, options),
    async *findProviders(cid, options): AsyncGenerator<Provider> {
      for await (const event of dht.findProviders(cid, options)) {
        if (event.name !== 'PROVIDER') continue
        for (const { id, multiaddrs } of event.providers) yield { id, multiaddrs, routing: 'dht' }
      }
    },
    put: (key, value, options) => drain(dht.put(key, value, options)),
    async get(key, options) {
      let best: Uint8Array | undefined
      for await (const event of dht.get(key, options)) if (event.name === 'VALUE') best = event.value
      if (best !== undefined) return best
      throw new KadError('not-found', 'no peer has a valid value under this key')
    }
  }
}

async function drain(events: AsyncIterable<QueryEvent>): Promise<void> {
  for await (const _ of events);
}

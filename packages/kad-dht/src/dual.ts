import {
  type AbortOptions,
  type ContentRouting,
  type ContentRoutingProvider,
  contentRoutingSymbol,
  type Node,
  type PeerId,
  type PeerRouting,
  type PeerRoutingProvider,
  peerRoutingSymbol,
  type RoutingOptions,
  type Startable
} from '@ts-libp2p/interface'
import { type RecordValidators, selectRecord } from '@ts-libp2p/record'
import { merge } from '@ts-libp2p/stream'
import type { CID } from 'multiformats/cid'
import { createKadDHT, type KadDHT, type KadOperations } from './kad-dht.ts'
import type { CheckedOptions } from './options.ts'
import type { QueryEvent } from './query/events.ts'
import { NewPeers } from './query/new-peers.ts'
import { Query } from './query/query.ts'
import type { GetOptions } from './query/values.ts'
import { contentRoutingOf, peerRoutingOf } from './routing.ts'

/**
 * Two DHTs as one: that of the internet, with public addresses, and that of the local network, with the others. Each
 * operation runs on those of the two that have peers, and needs one of them to succeed.
 */
export interface DualKadDHT extends KadOperations, Startable, PeerRoutingProvider, ContentRoutingProvider {
  readonly wan: KadDHT
  readonly lan: KadDHT
}

export function createDualKadDHT(node: Node, options: { wan: CheckedOptions; lan: CheckedOptions }): DualKadDHT {
  const { validators } = options.wan
  return new DualKadDHTService(createKadDHT(node, options.wan), createKadDHT(node, options.lan), validators)
}

class DualKadDHTService implements DualKadDHT {
  readonly wan: KadDHT
  readonly lan: KadDHT
  readonly [peerRoutingSymbol]: PeerRouting = peerRoutingOf(this)
  readonly [contentRoutingSymbol]: ContentRouting = contentRoutingOf(this)
  private readonly validators: RecordValidators

  constructor(wan: KadDHT, lan: KadDHT, validators: RecordValidators) {
    this.wan = wan
    this.lan = lan
    this.validators = validators
  }

  async start(): Promise<void> {
    await Promise.all([this.wan.start(), this.lan.start()])
  }

  async stop(): Promise<void> {
    await Promise.all([this.wan.stop(), this.lan.stop()])
  }

  findPeer(id: PeerId, options?: RoutingOptions): Query {
    return this.both(dht => dht.findPeer(id, options))
  }

  getClosestPeers(key: Uint8Array, options?: RoutingOptions): Query {
    const news = new NewPeers()
    return this.both(
      dht => dht.getClosestPeers(key, options),
      event => event.name !== 'FINAL_PEER' || news.of([event.peer]).length > 0
    )
  }

  provide(key: CID, options?: RoutingOptions): Query {
    return this.both(dht => dht.provide(key, options))
  }

  async cancelReprovide(key: CID, options?: RoutingOptions): Promise<void> {
    await Promise.all([this.wan.cancelReprovide(key, options), this.lan.cancelReprovide(key, options)])
  }

  findProviders(key: CID, options?: RoutingOptions): Query {
    const told = new NewPeers()
    return this.both(
      dht => dht.findProviders(key, options),
      event => event.name !== 'PROVIDER' || told.of(event.providers).length > 0
    )
  }

  put(key: Uint8Array, value: Uint8Array, options?: RoutingOptions): Query {
    return this.both(dht => dht.put(key, value, options))
  }

  /** What one of them found may be worse than what the other did: the last VALUE event is the best of both. */
  get(key: Uint8Array, options?: RoutingOptions & GetOptions): Query {
    let best: Uint8Array | undefined
    return this.both(
      dht => dht.get(key, options),
      event => {
        if (event.name !== 'VALUE') return true
        if (best !== undefined && selectRecord(this.validators, key, [best, event.value]) === 0) return false
        best = event.value
        return true
      }
    )
  }

  async refreshRoutingTable(options?: AbortOptions): Promise<void> {
    await Promise.all(this.active().map(dht => dht.refreshRoutingTable(options)))
  }

  /** Those that have peers; both while neither has. */
  private active(): KadDHT[] {
    const active = [this.wan, this.lan].filter(dht => dht.routingTable.size > 0)
    return active.length > 0 ? active : [this.wan, this.lan]
  }

  private both(begin: (dht: KadDHT) => Query, isNews: (event: QueryEvent) => boolean = () => true): Query {
    return new Query(log => newsOf(() => this.active().map(dht => log.include(begin(dht))), isNews))
  }
}

async function* newsOf(begin: () => Query[], isNews: (event: QueryEvent) => boolean): AsyncGenerator<QueryEvent> {
  try {
    for await (const event of merge(begin())) if (isNews(event)) yield event
  } catch (err) {
    throw unwrapped(err)
  }
}

/** Where both have failed, the error of the first that had somebody to ask says most. */
function unwrapped(err: unknown): unknown {
  const { errors = [] } = err as { errors?: { code?: string }[] }
  return errors.find(({ code }) => code !== 'no-peers') ?? errors[0] ?? err
}

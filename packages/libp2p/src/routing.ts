import {
  type AbortOptions,
  type ContentRouting,
  contentRoutingSymbol,
  NotFoundError,
  type PeerId,
  type PeerInfo,
  type PeerRouting,
  type Provider,
  peerRoutingSymbol,
  type RoutingOptions
} from '@ts-libp2p/interface'
import type { CID } from 'multiformats/cid'
import { NodeError } from './errors.ts'

/** What services offer under a symbol: a part of a routing interface. */
function offered<T>(services: readonly unknown[], symbol: symbol): Partial<T>[] {
  return services.flatMap(service => {
    const part = (service as Record<symbol, Partial<T> | undefined> | null | undefined)?.[symbol]
    return part === undefined ? [] : [part]
  })
}

/** Asks every service that routes to peers, all at once; the first answer counts. */
export function composePeerRouting(services: readonly unknown[]): PeerRouting {
  const routers = offered<PeerRouting>(services, peerRoutingSymbol)
  return {
    findPeer: (peer, options) =>
      first(
        routers.map(r => r.findPeer?.bind(r)),
        find => find(peer, options),
        `peer ${peer}`
      ),
    getClosestPeers: (key, options) =>
      merge(
        routers.map(r => r.getClosestPeers?.bind(r)),
        find => find(key, options)
      )
  }
}

export function composeContentRouting(services: readonly unknown[]): ContentRouting {
  const routers = offered<ContentRouting>(services, contentRoutingSymbol)
  const all = async (call: (router: Partial<ContentRouting>) => Promise<void> | undefined): Promise<void> => {
    needSome(routers)
    await Promise.all(routers.map(call))
  }
  return {
    provide: (cid, options) => all(r => r.provide?.(cid, options)),
    cancelReprovide: (cid, options) => all(r => r.cancelReprovide?.(cid, options)),
    put: (key, value, options) => all(r => r.put?.(key, value, options)),
    get: (key, options) =>
      first(
        routers.map(r => r.get?.bind(r)),
        get => get(key, options),
        'value'
      ),
    findProviders: (cid: CID, options?: RoutingOptions): AsyncIterable<Provider> =>
      merge(
        routers.map(r => r.findProviders?.bind(r)),
        find => find(cid, options)
      )
  }
}

/** Where a peer is, by any service that knows. */
export async function findAddresses(
  routing: PeerRouting,
  peer: PeerId,
  options: AbortOptions
): Promise<PeerInfo['multiaddrs']> {
  const { multiaddrs } = await routing.findPeer(peer, options)
  return multiaddrs
}

async function first<F, T>(found: (F | undefined)[], call: (fn: F) => Promise<T>, what: string): Promise<T> {
  const fns = found.filter(fn => fn !== undefined)
  needSome(fns)
  try {
    return await Promise.any(fns.map(call))
  } catch (err) {
    throw new NotFoundError(`no service could find the ${what}`, { cause: err })
  }
}

function needSome(routers: readonly unknown[]): void {
  if (routers.length === 0) {
    throw new NodeError('no-routing', 'no service here does routing: add one, e.g. kad-dht, to `services`')
  }
}

/** Everything that the sources yield, in turn. A source that fails ends alone. */
async function* merge<F, T>(found: (F | undefined)[], call: (fn: F) => AsyncIterable<T>): AsyncGenerator<T> {
  const fns = found.filter(fn => fn !== undefined)
  needSome(fns)
  const sources = new Map(fns.map((fn, i) => [i, call(fn)[Symbol.asyncIterator]()]))
  const pull = async (id: number, source: AsyncIterator<T>): Promise<{ id: number; result?: IteratorResult<T> }> => {
    try {
      return { id, result: await source.next() }
    } catch {
      return { id }
    }
  }
  const pending = new Map([...sources].map(([id, source]) => [id, pull(id, source)]))
  try {
    while (pending.size > 0) {
      const { id, result } = await Promise.race(pending.values())
      const source = sources.get(id)
      if (result === undefined || result.done === true || source === undefined) {
        pending.delete(id)
        sources.delete(id)
        continue
      }
      pending.set(id, pull(id, source))
      yield result.value
    }
  } finally {
    for (const source of sources.values()) source.return?.().catch(() => {})
  }
}

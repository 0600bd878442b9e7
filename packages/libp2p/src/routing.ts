import {
  AbortError,
  type ContentRouting,
  contentRoutingSymbol,
  NotFoundError,
  type PeerId,
  type PeerInfo,
  type PeerRouting,
  peerRoutingSymbol,
  type RoutingOptions
} from '@ts-libp2p/interface'
import { merge, raceSignal, toError } from '@ts-libp2p/stream'
import { NodeError } from './errors.ts'

/** What services offer under a symbol: a part of a routing interface. */
function offered<T>(services: readonly unknown[], symbol: symbol): Partial<T>[] {
  return services.flatMap(service => {
    const part = (service as Record<symbol, Partial<T> | undefined> | null | undefined)?.[symbol]
    return part === undefined ? [] : [part]
  })
}

/**
 * Asks every service that routes to peers, all at once. The first that knows an address of the peer counts, and the
 * others are stopped; the peers nearest to a key come from all of them, each once.
 */
export function composePeerRouting(services: readonly unknown[]): PeerRouting {
  const routers = offered<PeerRouting>(services, peerRoutingSymbol)
  return {
    findPeer: async (peer, options) =>
      first(able(routers, 'findPeer'), `peer ${peer}`, options, (r, o) => found(r, peer, o)),
    getClosestPeers: (key, options) =>
      all(
        () => able(routers, 'getClosestPeers'),
        'closest peers',
        options,
        r => r.getClosestPeers(key, options)
      )
  }
}

/** The same for content: records go to every service, and it is enough that one takes them. */
export function composeContentRouting(services: readonly unknown[]): ContentRouting {
  const routers = offered<ContentRouting>(services, contentRoutingSymbol)
  return {
    provide: async (cid, options) => some(able(routers, 'provide'), options, r => r.provide(cid, options)),
    cancelReprovide: async (cid, options) =>
      some(able(routers, 'cancelReprovide'), options, r => r.cancelReprovide(cid, options)),
    put: async (key, value, options) => some(able(routers, 'put'), options, r => r.put(key, value, options)),
    get: async (key, options) => first(able(routers, 'get'), 'value', options, (r, o) => r.get(key, o)),
    findProviders: (cid, options) =>
      all(
        () => able(routers, 'findProviders'),
        'providers',
        options,
        r => r.findProviders(cid, options)
      )
  }
}

type Able<T, Name extends keyof T> = Partial<T> & Pick<T, Name>

/** Those services that can do it. */
function able<T, Name extends keyof T>(routers: readonly Partial<T>[], name: Name): Able<T, Name>[] {
  const found = routers.filter((router): router is Able<T, Name> => router[name] !== undefined)
  if (found.length > 0) return found
  throw new NodeError('no-routing', `no service here offers ${String(name)}: add one, e.g. kad-dht, to \`services\``)
}

async function found(router: Pick<PeerRouting, 'findPeer'>, peer: PeerId, options: RoutingOptions): Promise<PeerInfo> {
  const info = await router.findPeer(peer, options)
  if (info.multiaddrs.length > 0) return info
  throw new NotFoundError(`no address of ${peer} is known`)
}

/** The first result; the services that are still looking are told to stop. */
async function first<R, T>(
  routers: readonly R[],
  what: string,
  options: RoutingOptions = {},
  call: (router: R, options: RoutingOptions) => Promise<T>
): Promise<T> {
  const { signal } = options
  signal?.throwIfAborted()
  const controller = new AbortController()
  const follow = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', follow, { once: true })
  try {
    const results = routers.map(async router => call(router, { ...options, signal: controller.signal }))
    // A service may not look at the signal.
    return await raceSignal(Promise.any(results), signal)
  } catch (err) {
    signal?.throwIfAborted()
    throw failure(errorsOf(err), what)
  } finally {
    signal?.removeEventListener('abort', follow)
    controller.abort(new AbortError('another service was faster'))
  }
}

/** What all services find, as it comes. A service that fails ends alone. A peer comes again only when it has addresses now. */
async function* all<R, T extends PeerInfo>(
  routers: () => readonly R[],
  what: string,
  options: RoutingOptions | undefined,
  call: (router: R) => AsyncIterable<T>
): AsyncGenerator<T> {
  const sources = routers().map(call)
  const told = new Map<string, boolean>()
  try {
    for await (const peer of merge(sources)) {
      const name = peer.id.toString()
      const hasAddress = peer.multiaddrs.length > 0
      if (told.get(name) === true || (told.has(name) && !hasAddress)) continue
      told.set(name, hasAddress)
      yield peer
    }
  } catch (err) {
    options?.signal?.throwIfAborted()
    throw failure(errorsOf(err), what)
  }
}

/** Done when one service has done it and the others have done or failed. */
async function some<R>(
  routers: readonly R[],
  options: RoutingOptions | undefined,
  call: (router: R) => Promise<void>
): Promise<void> {
  const outcomes = await Promise.allSettled(routers.map(async router => call(router)))
  const failures = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  if (failures.length < outcomes.length) return
  options?.signal?.throwIfAborted()
  throw failure(failures)
}

/**
 * What to throw when all services have failed. That something is not there is what they all must say: whoever could not
 * ask does not know. One that failed alone speaks for itself.
 *
 * @param what - was looked for, if anything was
 */
function failure(errors: readonly unknown[], what?: string): unknown {
  const [only] = errors
  const isOne = errors.length === 1
  const reasons = errors.map(err => toError(err).message).join('; ')
  const cause = isOne ? only : new AggregateError(errors, reasons)
  if (what !== undefined && errors.every(isNotFound)) {
    return new NotFoundError(`no service could find the ${what}: ${reasons}`, { cause })
  }
  return isOne ? only : new NodeError('routing-failed', `no service succeeded: ${reasons}`, { cause })
}

/** By name, or by the code of a service's own errors. */
function isNotFound(err: unknown): boolean {
  const { name, code } = (err ?? {}) as { name?: unknown; code?: unknown }
  return name === 'NotFoundError' || code === 'not-found'
}

function errorsOf(err: unknown): readonly unknown[] {
  return err instanceof AggregateError ? err.errors : [err]
}

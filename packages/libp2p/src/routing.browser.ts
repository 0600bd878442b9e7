import type { ContentRouting, PeerRouting } from '@ts-libp2p/interface'

// Loaded with the first question: most pages have no service that routes.
const routing = (): Promise<typeof import('./routing.ts')> => import('./routing.ts')

/** Asks every service that routes to peers: see the function of this name for Node. */
export function composePeerRouting(services: readonly unknown[]): PeerRouting {
  const composed = async (): Promise<PeerRouting> => (await routing()).composePeerRouting(services)
  return {
    findPeer: async (peer, options) => (await composed()).findPeer(peer, options),
    async *getClosestPeers(key, options) {
      yield* (await composed()).getClosestPeers(key, options)
    }
  }
}

/** The same for content. */
export function composeContentRouting(services: readonly unknown[]): ContentRouting {
  const composed = async (): Promise<ContentRouting> => (await routing()).composeContentRouting(services)
  return {
    provide: async (cid, options) => (await composed()).provide(cid, options),
    cancelReprovide: async (cid, options) => (await composed()).cancelReprovide(cid, options),
    put: async (key, value, options) => (await composed()).put(key, value, options),
    get: async (key, options) => (await composed()).get(key, options),
    async *findProviders(cid, options) {
      yield* (await composed()).findProviders(cid, options)
    }
  }
}

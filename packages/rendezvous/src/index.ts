/**
 * Rendezvous, `/rendezvous/1.0.0`: peers register at a point that all know, and find each other there by namespace.
 *
 * @example
 * const point = await createLibp2p({ services: { rendezvous: rendezvousServer() } })
 *
 * const chat = rendezvous({ points: ['/dns4/point.example/tcp/4001/p2p/12D3Koo…'], namespaces: ['chat'] })
 * const node = await createLibp2p({ services: { chat } })
 * node.addEventListener('peer:discovery', ({ detail }) => console.log('found', detail.id))
 *
 * Spec: https://github.com/libp2p/specs/blob/master/rendezvous/README.md
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { checked, type RendezvousOptions } from './options.ts'
import { createRendezvous, type Rendezvous } from './rendezvous.ts'
import { type RendezvousServer, type RendezvousServerOptions, RendezvousServerService } from './server.ts'

export type { Found, FoundPeer } from './client.ts'
export * from './errors.ts'
export * from './limits.ts'
export { RENDEZVOUS_PROTOCOL } from './messages.ts'
export type { RendezvousOptions } from './options.ts'
export type { DiscoverOptions, RegisterOptions, Rendezvous } from './rendezvous.ts'
export type { RendezvousServer, RendezvousServerOptions } from './server.ts'

/** Registers us at points, and finds others there. Throws an `InvalidParametersError` for options that cannot be meant. */
export function rendezvous(options: RendezvousOptions = {}): ServiceFactory<Rendezvous> {
  const o = checked(options)
  return node => createRendezvous(node, o)
}

/** Runs a point. The node that is made throws an `InvalidParametersError` for options that cannot be meant. */
export function rendezvousServer(options: RendezvousServerOptions = {}): ServiceFactory<RendezvousServer> {
  return node => new RendezvousServerService(node, options)
}

/**
 * Where a node begins: stable peers from options and `dnsaddr` names, a list that the user can edit, and a cache of peers
 * that proved themselves, which finds the network again when the defaults are gone.
 *
 * @example
 * const node = await createLibp2p({
 *   services: { bootstrap: bootstrap({ peers: ['/dnsaddr/bootstrap.libp2p.io'], datastore }) }
 * })
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { type Bootstrap, createBootstrap } from './bootstrap.ts'
import { type BootstrapOptions, checked } from './options.ts'

export type { Bootstrap } from './bootstrap.ts'
export * from './errors.ts'
export * from './limits.ts'
export type { BootstrapOptions } from './options.ts'
export type { ListedAddress, Origin } from './peer-list.ts'
export type { ProvenPeer } from './proven-peers.ts'

/** Connects to some peers at the start, and whenever too few are left. Throws an `InvalidParametersError`. */
export function bootstrap(options: BootstrapOptions = {}): ServiceFactory<Bootstrap> {
  const o = checked(options)
  return node => createBootstrap(node, o)
}

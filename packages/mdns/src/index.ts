/**
 * Finds peers on the local network by multicast DNS, with nothing configured: discovery, routing to one peer, and records.
 * For Node.
 *
 * @example
 * const node = await createLibp2p({ services: { mdns: mdns() } })
 * node.addEventListener('peer:discovery', ({ detail }) => console.log('on this network', detail.id))
 * const { multiaddrs } = await node.services.mdns.findPeer(peerId)
 *
 * Spec: https://github.com/libp2p/specs/blob/master/discovery/mdns.md
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { createMdns, type Mdns } from './mdns.ts'
import { checked, type MdnsOptions } from './options.ts'
import { openSockets } from './sockets.ts'

export * from './errors.ts'
export * from './limits.ts'
export type { Mdns } from './mdns.ts'
export type { MdnsOptions } from './options.ts'
export type { LocalRecords } from './records.ts'

/** Takes part in multicast DNS. Throws an `InvalidParametersError` for options that cannot be meant. */
export function mdns(options: MdnsOptions = {}): ServiceFactory<Mdns> {
  const o = checked(options)
  return node => createMdns(node, o, openSockets)
}

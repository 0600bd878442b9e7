/**
 * Self-describing network addresses: text ⇄ bytes, components, shapes, ranges and resolving.
 *
 * @example
 * import { multiaddr, nodeAddress, peerIdOf, TCP } from '@ts-libp2p/multiaddr'
 * const ma = multiaddr('/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWQF6Q3i1QkziJQ9mkNNcyFD8GPQz6R6oEvT75wgsVXm4v')
 * if (TCP.exactMatch(ma)) connect(nodeAddress(ma), peerIdOf(ma))
 *
 * https://github.com/multiformats/multiaddr
 */

export { type Component, isMultiaddr, type Multiaddr, type MultiaddrInput, multiaddrSymbol } from '@ts-libp2p/interface'
export { createDns } from '#dns'
export * from './cidr.ts'
export * from './codes.ts'
export type { DnsLookup, DnsOptions } from './dns.ts'
export * from './errors.ts'
export * from './interfaces.ts'
export * from './limits.ts'
export * from './matchers.ts'
export { multiaddr } from './multiaddr.ts'
export * from './node-address.ts'
export type { MultiaddrMatcher } from './pattern.ts'
export * from './peer.ts'
export { type Protocol, protocolByCode, protocolByName, VARIABLE } from './protocols.ts'
export * from './ranges.ts'
export * from './resolver.ts'

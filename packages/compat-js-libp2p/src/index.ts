/**
 * What js-libp2p 3 and this project cannot take from each other as it is: the type of a transport, and services, which
 * see the node in different ways.
 *
 * @example
 * // theirs, in a node of ours
 * createLibp2p({ services: fromLibp2p({ ping: ping(), dht: kadDHT({ clientMode: true }) }) })
 * // ours, in a node of theirs
 * createLibp2p({ transports: [asLibp2p(tcp())], services: { identify: asLibp2pService(identify()) } })
 */
export type { Libp2pComponents } from './components.ts'
export { CompatError, type CompatErrorCode } from './errors.ts'
export { MAX_OBSERVED_ADDRESSES } from './limits.ts'
export type { NodeParts } from './node.ts'
export { asLibp2pService, fromLibp2p, type Libp2pServices } from './services.ts'
export { asLibp2p } from './transport.ts'

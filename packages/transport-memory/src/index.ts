/**
 * Connections inside one process, for tests and simulations: what they do is what sockets do, without the system.
 *
 * @example
 * import { MemoryNetwork, memory } from '@ts-libp2p/transport-memory'
 *
 * const network = new MemoryNetwork({ latencyMs: 50, clock })
 * const transport = memory({ network })()
 * const listener = transport.createListener({ upgrader })
 * await listener.listen(multiaddr('/memory/0'))
 * const connection = await transport.dial(listener.getAddrs()[0], { upgrader, signal })
 *
 * Addresses: https://github.com/multiformats/multiaddr/blob/master/protocols/memory.md
 */

export { MemoryError, type MemoryErrorCode } from './errors.ts'
export { MAX_BYTES_IN_FLIGHT, MAX_LISTENERS, MAX_PENDING_UPGRADES } from './limits.ts'
export { MemoryNetwork, type MemoryNetworkOptions } from './network.ts'
export { type MemoryComponents, type MemoryOptions, memory } from './transport.ts'

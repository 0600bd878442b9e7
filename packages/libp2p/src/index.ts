/**
 * A libp2p node in one call.
 *
 * @example
 * import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
 * const node = await createLibp2p()
 * const rtt = await node.services.ping.ping(multiaddr('/ip4/…/tcp/4001/p2p/12D3Koo…'))
 * await node.stop()
 */
export {
  generateKeyPair,
  privateKeyFromProtobuf,
  privateKeyFromRaw,
  privateKeyToProtobuf,
  readPrivateKey
} from '@ts-libp2p/crypto'
export * from '@ts-libp2p/interface'
export { multiaddr } from '@ts-libp2p/multiaddr'
export { peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/peer-id'
export { DialError, SwarmError, type SwarmLimits } from '@ts-libp2p/swarm'
export { platformPreset } from '#preset'
export { createLibp2p } from './create.ts'
export { NodeError, type NodeErrorCode } from './errors.ts'
export { defaultLogger } from './logger.ts'
export { Libp2pNode } from './node.ts'
export type { AddressOptions, DefaultServices, Libp2pOptions, Preset, ServiceFactories, ServicesOf } from './options.ts'
export { loadOrCreateKey, SELF_KEY } from './self-key.ts'

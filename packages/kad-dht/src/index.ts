/**
 * The Kademlia DHT of libp2p, `/ipfs/kad/1.0.0`: finds peers, providers of content and small values.
 *
 * @example
 * const node = await createLibp2p({ services: { dht: kadDHT({ protocol: '/my-app/kad/1.0.0' }) } })
 * for await (const { id, multiaddrs } of node.contentRouting.findProviders(cid)) console.log(id, multiaddrs)
 * const query = node.services.dht.findPeer(peerId)
 * for await (const event of query) console.log(event.name)
 * console.log(query.explain())
 *
 * Spec: https://github.com/libp2p/specs/blob/master/kad-dht/README.md
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { createDualKadDHT, type DualKadDHT } from './dual.ts'
import { createKadDHT, type KadDHT } from './kad-dht.ts'
import { checked, checkedDual, type DualKadDHTOptions, type KadDHTOptions } from './options.ts'

export type { PeerInfoMapper } from './contact.ts'
export type { CrawlEvent, CrawlOptions } from './crawl/crawl-network.ts'
export type { DualKadDHT } from './dual.ts'
export { KadError, type KadErrorCode } from './errors.ts'
export type { KadDHT, KadOperations, Mode, SetModeOptions } from './kad-dht.ts'
export * from './limits.ts'
export {
  type DualKadDHTOptions,
  KAD_LAN_PROTOCOL,
  KAD_PROTOCOL,
  type KadDHTOptions,
  passthroughMapper,
  removePrivateAddressesMapper,
  removePublicAddressesMapper
} from './options.ts'
export * from './query/events.ts'
export { explain } from './query/explain.ts'
export type { Query } from './query/query.ts'
export type { Trace, TraceStep } from './query/trace.ts'
export type { GetOptions } from './query/values.ts'
export type { SelectFn, ValidateFn } from './validators.ts'
export { type MessageName, MessageType } from './wire/message.ts'

/** Makes the DHT. Throws an `InvalidParametersError` for options that cannot work. */
export function kadDHT(options: KadDHTOptions = {}): ServiceFactory<KadDHT> {
  const o = checked(options)
  return node => createKadDHT(node, o)
}

/**
 * Makes the DHT of the internet and that of the local network, and one face for both. Throws an `InvalidParametersError`
 * for options that cannot work.
 */
export function dualKadDHT(options: DualKadDHTOptions = {}): ServiceFactory<DualKadDHT> {
  const o = checkedDual(options)
  return node => createDualKadDHT(node, o)
}

import type { AddressManager } from '@libp2p/interface-internal'
import type { Multiaddr, Node } from '@ts-libp2p/interface'
import { unsupported } from './errors.ts'
import { MAX_OBSERVED_ADDRESSES } from './limits.ts'

/** The addresses of a node, as js-libp2p's services look them up. What peers observe is kept; nothing is announced. */
export function addressManagerOf(node: Node): AddressManager {
  const observed = new Map<string, Multiaddr>()
  return {
    getAddresses: () => node.addresses(),
    getListenAddrs: () => node.addresses(),
    getAnnounceAddrs: () => [],
    getAddressesWithMetadata: () =>
      node.addresses().map(multiaddr => ({
        multiaddr,
        verified: true,
        type: 'transport',
        expires: Number.POSITIVE_INFINITY
      })),
    getObservedAddrs: () => [...observed.values()],
    addObservedAddr: address => {
      observed.set(address.toString(), address)
      for (const oldest of observed.keys()) if (observed.size > MAX_OBSERVED_ADDRESSES) observed.delete(oldest)
    },
    removeObservedAddr: address => void observed.delete(address.toString()),
    confirmObservedAddr: unsupported('addressManager.confirmObservedAddr'),
    addDNSMapping: unsupported('addressManager.addDNSMapping'),
    removeDNSMapping: unsupported('addressManager.removeDNSMapping'),
    addPublicAddressMapping: unsupported('addressManager.addPublicAddressMapping'),
    removePublicAddressMapping: unsupported('addressManager.removePublicAddressMapping')
  }
}

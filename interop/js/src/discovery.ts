import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns'
import { ipnsSelector } from 'ipns/selector'
import { ipnsValidator } from 'ipns/validator'

/** Whether the node runs a protocol that only some tests want. */
const has = (service: string): boolean => (process.env.SERVICES ?? '').split(',').includes(service)

/** The DHT as it is for the public network, with the validators that Helia gives it, and addresses of loopback. */
const dht = () =>
  kadDHT({
    protocol: '/ipfs/kad/1.0.0',
    clientMode: false,
    peerInfoMapper: passthroughMapper,
    validators: { ipns: ipnsValidator },
    selectors: { ipns: ipnsSelector }
  })

/** Whom mDNS told of, by id, and where. */
export const found: Record<string, string[]> = {}

const localDiscovery = (components: MulticastDNSComponents) => {
  const service = mdns()(components)
  service.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
    found[id.toString()] = multiaddrs.map(String)
  })
  return service
}

/** What finds peers and records, each where `SERVICES` names it: `dht`, `mdns`. */
export function discoveryServices() {
  return { ...(has('dht') ? { dht: dht() } : {}), ...(has('mdns') ? { mdns: localDiscovery } : {}) }
}

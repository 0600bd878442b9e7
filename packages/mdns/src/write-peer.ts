import { fromUtf8 } from '@ts-libp2p/bytes'
import type { Multiaddr } from '@ts-libp2p/interface'
import { nodeAddress } from '@ts-libp2p/multiaddr'
import { MAX_OWN_ADDRESSES, MAX_SENT_BYTES } from './limits.ts'
import type { ServiceNames } from './names.ts'
import type { Packet, Resource } from './packet.ts'

export interface OwnPeer {
  /** `<random>._p2p._udp.local` */
  readonly instance: string
  readonly addresses: readonly Multiaddr[]
  readonly ttlSeconds: number
  /** The names that were asked for: the service, and subtypes. */
  readonly askedFor: readonly string[]
}

/** Records of a TXT string: its length before it. Of the rest of a packet: names, the SRV and address records. */
const STRING_OVERHEAD_BYTES = 1
const PACKET_OVERHEAD_BYTES = 600

/**
 * What we say of ourselves, in as many packets as it takes. The TXT record is there twice: js-libp2p reads it among the
 * answers only, rust-libp2p among the additional records only. The SRV record and the IP addresses are for go-libp2p,
 * whose library takes no notice of a service without.
 */
export function writePeer({ instance, addresses, ttlSeconds, askedFor }: OwnPeer, { peers }: ServiceNames): Packet[] {
  const pointers: Resource[] = [...new Set([peers, ...askedFor])].map(name => ({
    ...{ name, ttlSeconds },
    type: 'PTR',
    target: instance
  }))
  return groups(addresses.slice(0, MAX_OWN_ADDRESSES)).map(group => {
    const strings = group.map(address => fromUtf8(`dnsaddr=${address}`))
    const txt: Resource = { name: instance, ttlSeconds, type: 'TXT', strings }
    const answers = [...pointers, txt]
    const additionals = [txt, ...hostRecords(instance, group, ttlSeconds)]
    return { id: 0, isResponse: true, questions: [], answers, additionals }
  })
}

/** As many addresses together as fit into a packet, twice. */
function groups(addresses: readonly Multiaddr[]): Multiaddr[][] {
  const out: Multiaddr[][] = []
  let room = 0
  for (const address of addresses) {
    const bytes = 2 * (`dnsaddr=${address}`.length + STRING_OVERHEAD_BYTES)
    if (bytes > room) {
      out.push([])
      room = MAX_SENT_BYTES - PACKET_OVERHEAD_BYTES
    }
    out.at(-1)?.push(address)
    room -= bytes
  }
  return out
}

function hostRecords(instance: string, addresses: readonly Multiaddr[], ttlSeconds: number): Resource[] {
  const host = `${instance.slice(0, instance.indexOf('.'))}.local`
  const nodes = addresses.map(nodeAddress)
  const port = nodes[0]?.port
  if (port === undefined) return []
  const ips = [...new Set(nodes.map(({ host }) => host))].slice(0, 4)
  return [
    { name: instance, ttlSeconds, type: 'SRV', target: host, port },
    ...ips.map(ip => ({ name: host, ttlSeconds, type: ip.includes(':') ? ('AAAA' as const) : ('A' as const), ip }))
  ]
}

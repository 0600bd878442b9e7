import type { Multiaddr, Node, NodeEvents, PeerInfo } from '@ts-libp2p/interface'
import { multiaddr, withPeerId } from '@ts-libp2p/multiaddr'
import { noLog } from '@ts-libp2p/stream'
import { identity, SeededRandom, VirtualClock } from '@ts-libp2p/testing'
import type { Mdns, MdnsOptions } from '../src/index.ts'
import { createMdns } from '../src/mdns.ts'
import { checked } from '../src/options.ts'
import { decodePacket, type Packet } from '../src/packet.ts'
import type { Carrier, CarrierOptions, OpenCarrier } from '../src/sockets.ts'

/** A local network in memory, with virtual time: everything that is sent reaches everybody, the sender included. */
export class Lan {
  readonly clock = new VirtualClock()
  readonly packets: { readonly packet: Packet; readonly from: string; readonly at: number; readonly bytes: number }[] =
    []
  private readonly carriers = new Map<string, CarrierOptions>()
  private nextHost = 1
  private readonly begin: number = this.clock.now()

  /** A node on a machine of its own, started. */
  node(name: string, options: MdnsOptions = {}): LanNode {
    const ip = `10.0.0.${this.nextHost++}`
    const { peerId } = identity(name)
    const listeners: (() => void)[] = []
    const node = {
      ...{ peerId, clock: this.clock, random: new SeededRandom(name) },
      logger: { forComponent: () => noLog },
      addresses: () => me.addresses,
      on: <K extends keyof NodeEvents>(_event: K, listener: (value: NodeEvents[K]) => void) => {
        listeners.push(listener as () => void)
        return () => void listeners.splice(0)
      }
    }
    const service = createMdns(node as unknown as Node, checked(options), this.carrier(ip))
    const found: string[] = []
    service.addEventListener('peer', ({ detail }) => found.push(describe(detail)))
    const me: LanNode = {
      ...{ name, ip, service, found, peerId },
      addresses: [withPeerId(multiaddr(`/ip4/${ip}/tcp/4001`), peerId)],
      changeAddresses: () => listeners.forEach(listener => void listener())
    }
    void service.start()
    void service.afterStart?.()
    return me
  }

  /** Anybody on the network says something. */
  inject(bytes: Uint8Array, ip = '10.0.0.99'): void {
    for (const [own, { onPacket }] of this.carriers) {
      onPacket(bytes, { network: 'lan/4', ip, isOurs: own === ip })
    }
  }

  /** Packets of a kind, since some moment, in all. */
  count(isMeant: (packet: Packet, from: string) => boolean, since = 0): number {
    return this.packets.filter(({ packet, from, at }) => at >= since && isMeant(packet, from)).length
  }

  get now(): number {
    return this.clock.now() - this.begin
  }

  private carrier(ip: string): OpenCarrier {
    return options => {
      const carrier: Carrier = {
        scan: async () => {
          this.carriers.set(ip, options)
          return [{ id: 'lan/4', isLoopback: false, addresses: [ip] }]
        },
        send: bytes => {
          this.packets.push({ packet: decodePacket(bytes), from: ip, at: this.now, bytes: bytes.byteLength })
          this.clock.after(1, () => this.inject(bytes, ip))
        },
        close: async () => void this.carriers.delete(ip)
      }
      return carrier
    }
  }
}

export interface LanNode {
  readonly name: string
  readonly ip: string
  readonly peerId: ReturnType<typeof identity>['peerId']
  readonly service: Mdns
  /** `<id> <addresses>` of each peer, as it was told of. */
  readonly found: string[]
  addresses: Multiaddr[]
  changeAddresses(): void
}

export function describe({ id, multiaddrs }: PeerInfo): string {
  return [id, ...multiaddrs].join(' ')
}

export const described = ({ peerId, addresses }: LanNode): string => [peerId, ...addresses].join(' ')

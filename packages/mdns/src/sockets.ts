import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { BlockList } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { Source } from './core.ts'
import { MdnsError } from './errors.ts'
import { MAX_NETWORKS, MDNS_GROUP_4, MDNS_GROUP_6, MDNS_PORT } from './limits.ts'
import type { Network } from './suitable.ts'

type Family = 4 | 6

/** What carries packets: sockets, or in tests something else. */
export interface Carrier {
  /** Takes part in the networks that there are now; again, when there may be others. Resolves with those it could join. */
  scan(): Promise<readonly Network[]>
  /** To everybody on a network. Never throws: a packet may be lost. */
  send(bytes: Uint8Array, network: string): void
  close(): Promise<void>
}

export interface CarrierOptions {
  /** Names of interfaces. Default: all, `lo` included. */
  readonly interfaces: readonly string[] | undefined
  readonly onPacket: (bytes: Uint8Array, source: Source) => void
  readonly onError: (error: unknown) => void
}

export type OpenCarrier = (options: CarrierOptions) => Carrier

/** A network that we take part in: one address of one interface. */
interface Joined {
  readonly network: Network
  readonly family: Family
  /** What is sent leaves through it; what is meant for us alone arrives there. */
  readonly sender: Socket
}

const GROUPS = { 4: MDNS_GROUP_4, 6: MDNS_GROUP_6 } as const

/** Multicast on the interfaces of this machine. */
export const openSockets: OpenCarrier = options => new MulticastSockets(options)

class MulticastSockets implements Carrier {
  private readonly options: CarrierOptions
  /** One for each family hears everything that is sent to the group. */
  private readonly receivers = new Map<Family, Promise<Socket>>()
  private readonly joined = new Map<string, Joined>()
  private isClosed = false
  private underWay = 0
  private onSent: () => void = () => {}

  constructor(options: CarrierOptions) {
    this.options = options
  }

  async scan(): Promise<readonly Network[]> {
    const found = candidates(this.options.interfaces)
    for (const [id, { sender }] of this.joined) {
      if (found.some(candidate => candidate.network.id === id && isSame(candidate.network, this.joined.get(id))))
        continue
      this.joined.delete(id)
      sender.close()
    }
    const failures: unknown[] = []
    for (const candidate of found.slice(0, MAX_NETWORKS)) {
      if (!this.joined.has(candidate.network.id)) await this.join(candidate).catch(err => failures.push(err))
    }
    if (this.joined.size > 0 || this.isClosed) {
      // An interface that just came up cannot be joined before its link-local address is proven to be nobody else's.
      const elsewhere = ownAddresses()
      return [...this.joined.values()].map(({ network }) => ({ ...network, elsewhere }))
    }
    const message = `multicast is not possible on any of ${found.length} networks`
    throw new MdnsError('no-network', message, { cause: failures[0] })
  }

  send(bytes: Uint8Array, network: string): void {
    const joined = this.joined.get(network)
    if (joined === undefined) return
    this.underWay++
    joined.sender.send(bytes, MDNS_PORT, GROUPS[joined.family], err => {
      if (--this.underWay === 0) this.onSent()
      if (err !== null) this.options.onError(err)
    })
  }

  /** What was sent before leaves before. */
  async close(): Promise<void> {
    this.isClosed = true
    if (this.underWay > 0) await this.sent()
    const receivers = await Promise.allSettled(this.receivers.values())
    for (const { sender } of this.joined.values()) sender.close()
    this.joined.clear()
    for (const receiver of receivers) if (receiver.status === 'fulfilled') receiver.value.close()
    this.receivers.clear()
  }

  private sent(): Promise<void> {
    return new Promise(resolve => {
      this.onSent = resolve
    })
  }

  private async join({ network, family, address, scope }: Candidate): Promise<void> {
    const receiver = await this.receiver(family)
    // Bound to an address of its own, it is not given what is sent to the group: the receiver hears that already.
    const sender = await bound(family, scope === undefined ? address : `${address}%${scope}`)
    try {
      const outlet = family === 4 ? address : `::%${scope ?? network.id.slice(0, -2)}`
      sender.setMulticastInterface(outlet)
      sender.setMulticastTTL(255)
      sender.setMulticastLoopback(true)
      addMembership(receiver, GROUPS[family], outlet)
    } catch (err) {
      sender.close()
      throw err
    }
    if (this.isClosed) return void sender.close()
    this.listen(sender, family)
    this.joined.set(network.id, { network, family, sender })
  }

  private receiver(family: Family): Promise<Socket> {
    const existing = this.receivers.get(family)
    if (existing !== undefined) return existing
    const opening = bound(family, family === 4 ? '0.0.0.0' : '::').then(socket => this.listen(socket, family))
    this.receivers.set(family, opening)
    opening.catch(() => this.receivers.delete(family))
    return opening
  }

  private listen(socket: Socket, family: Family): Socket {
    socket.on('error', err => this.options.onError(err))
    socket.on('message', (bytes, remote) => {
      const source = sourceOf(remote, family, this.joined.values())
      if (source !== undefined) this.options.onPacket(bytes, source)
    })
    return socket
  }
}

interface Candidate {
  readonly network: Network
  readonly family: Family
  readonly address: string
  /** Of a link-local address the interface. */
  readonly scope: string | undefined
}

/** For each interface and family one address to speak from; of IPv6 a link-local one, which every interface has. */
function candidates(only: readonly string[] | undefined): Candidate[] {
  return Object.entries(networkInterfaces()).flatMap(([name, infos = []]) => {
    if (only !== undefined && !only.includes(name)) return []
    return ([4, 6] as const).flatMap(family => {
      const ofFamily = infos.filter(info => info.family === `IPv${family}`)
      const info = ofFamily.find(({ address }) => address.startsWith('fe80:')) ?? ofFamily[0]
      if (info === undefined) return []
      const network = {
        id: `${name}/${family}`,
        isLoopback: info.internal,
        addresses: infos.map(({ address }) => address),
        reach: reachOf(infos)
      }
      const scope = info.address.startsWith('fe80:') ? name : undefined
      return [{ network, family, address: info.address, scope }]
    })
  })
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((infos = []) => infos.map(({ address }) => address))
}

/** The addresses that are on the link: those of its subnets. */
function reachOf(infos: readonly NetworkInterfaceInfo[]): BlockList {
  const list = new BlockList()
  for (const { address, cidr, family } of infos) {
    const bits = Number(cidr?.split('/')[1])
    if (Number.isInteger(bits)) list.addSubnet(address, bits, family === 'IPv4' ? 'ipv4' : 'ipv6')
  }
  return list
}

/**
 * The network that a packet came from; undefined for one from elsewhere. What is not on a link of ours has no business
 * with multicast DNS: it was sent to us alone, over the internet. Source: RFC 6762 §11.
 */
function sourceOf(remote: RemoteInfo, family: Family, joined: Iterable<Joined>): Source | undefined {
  const [ip = '', scope] = remote.address.split('%')
  for (const { network, family: own } of joined) {
    if (own !== family || (scope !== undefined && network.id !== `${scope}/6`)) continue
    const { reach } = network as Network & { reach: BlockList }
    if (!reach.check(ip, family === 4 ? 'ipv4' : 'ipv6')) continue
    return { network: network.id, ip, isOurs: network.isLoopback || network.addresses.includes(ip) }
  }
  return undefined
}

async function bound(family: Family, address: string): Promise<Socket> {
  const socket = createSocket({ type: `udp${family}`, reuseAddr: true, ipv6Only: family === 6 })
  // No process stays alive for the sake of discovery.
  socket.unref()
  try {
    socket.bind({ port: MDNS_PORT, address, exclusive: false })
    await once(socket, 'listening')
    return socket
  } catch (err) {
    socket.close()
    throw err
  }
}

function addMembership(receiver: Socket, group: string, outlet: string): void {
  try {
    receiver.addMembership(group, outlet)
  } catch (err) {
    // An interface that went and came back is a member still.
    if ((err as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw err
  }
}

function isSame(network: Network, joined: Joined | undefined): boolean {
  return joined !== undefined && network.addresses.join() === joined.network.addresses.join()
}

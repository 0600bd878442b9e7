import type { Multiaddr } from '@ts-libp2p/interface'
import { CODE_IP4, CODE_IP6, CODE_TCP, fromNodeAddress, IP, multiaddr, nodeAddress, TCP } from '@ts-libp2p/multiaddr'
import { SimulationError } from './errors.ts'

export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/** Whether a simulated host can listen there or dial it: an IP address, a TCP port, and perhaps a peer id. */
export function isSimulated(ma: Multiaddr): boolean {
  if (!TCP.exactMatch(ma)) return false
  const [ip, tcp] = ma.getComponents()
  return (ip?.code === CODE_IP4 || ip?.code === CODE_IP6) && tcp?.code === CODE_TCP
}

/** Throws a `SimulationError` (`unsupported-address`). */
export function endpointOf(ma: Multiaddr): Endpoint {
  if (!isSimulated(ma)) throw new SimulationError('unsupported-address', `${ma} is not an IP address and a TCP port`)
  const { host, port } = nodeAddress(ma)
  return { ip: host, port }
}

export function addressOf({ ip, port }: Endpoint): Multiaddr {
  return fromNodeAddress({ host: ip, port }, 'tcp')
}

export function keyOf({ ip, port }: Endpoint): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

export function isWildcard(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::'
}

export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1'
}

export function isSameFamily(a: string, b: string): boolean {
  return a.includes(':') === b.includes(':')
}

/** The one spelling of an IP address. Throws a `SimulationError` (`misuse`). */
export function canonicalIp(text: string): string {
  try {
    const ma = multiaddr(`/${text.includes(':') ? 'ip6' : 'ip4'}/${text}`)
    if (IP.exactMatch(ma)) return ma.getComponents()[0]?.value as string
  } catch (cause) {
    throw new SimulationError('misuse', `${JSON.stringify(text)} is not an IP address`, { cause })
  }
  throw new SimulationError('misuse', `${JSON.stringify(text)} is not an IP address`)
}

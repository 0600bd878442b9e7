import type { Component, Multiaddr } from '@ts-libp2p/interface'
import {
  CODE_DNS,
  CODE_DNS4,
  CODE_DNS6,
  CODE_DNSADDR,
  CODE_IP4,
  CODE_IP6,
  CODE_IP6ZONE,
  CODE_TCP,
  CODE_UDP
} from './codes.ts'
import { type Span, spanValue } from './decode.ts'
import { MultiaddrError } from './errors.ts'
import { multiaddr, spansOf } from './multiaddr.ts'
import { rowByCode } from './protocols.ts'
import { INVALID } from './values/codec.ts'
import { ip4, ip6, isMappedIp4 } from './values/ip.ts'

type Family = 4 | 6
type NodeTransport = 'tcp' | 'udp'

/** What sockets take: host, port and which of the two transports. */
export interface NodeAddress {
  /** Undefined for a name that may have addresses of either family. */
  family: Family | undefined
  /** An IP address, with its zone behind a `%`, or a DNS name. */
  host: string
  port: number
  transport: NodeTransport
}

const FAMILIES = new Map<number, Family | undefined>([
  [CODE_IP4, 4],
  [CODE_IP6, 6],
  [CODE_DNS, undefined],
  [CODE_DNSADDR, undefined],
  [CODE_DNS4, 4],
  [CODE_DNS6, 6]
])

const TRANSPORTS = new Map<number, NodeTransport>([
  [CODE_TCP, 'tcp'],
  [CODE_UDP, 'udp']
])

/**
 * Host and port of an address that begins with them; what follows, such as `/ws` or `/p2p/…`, is not looked at.
 * Throws a `MultiaddrError` (`not-thin-waist`) otherwise.
 *
 * @example
 * nodeAddress(multiaddr('/dns4/example.com/tcp/443/tls/ws'))
 * // { family: 4, host: 'example.com', port: 443, transport: 'tcp' }
 */
export function nodeAddress(ma: Multiaddr): NodeAddress {
  const spans = spansOf(ma)
  const zone = spans[0]?.protocol.code === CODE_IP6ZONE ? spans[0] : undefined
  const [host, port] = zone === undefined ? spans : spans.slice(1)
  const transport = port && TRANSPORTS.get(port.protocol.code)
  if (host === undefined || port === undefined || transport === undefined || !isHost(host, zone)) throw notThinWaist(ma)
  const suffix = zone === undefined ? '' : `%${spanValue(ma.bytes, zone)}`
  return {
    family: FAMILIES.get(host.protocol.code),
    host: `${spanValue(ma.bytes, host)}${suffix}`,
    port: Number(spanValue(ma.bytes, port)),
    transport
  }
}

/**
 * The address of a host and port. `host` is an IPv4 or IPv6 address, the latter with or without a zone, or a DNS name,
 * for which `family` chooses between `dns`, `dns4` and `dns6`. An IPv4-mapped IPv6 address, which is how dual-stack
 * sockets show IPv4 peers, becomes `/ip4`.
 *
 * @example
 * fromNodeAddress({ host: 'fe80::1%eth0', port: 4001 }, 'tcp') // /ip6zone/eth0/ip6/fe80::1/tcp/4001
 */
export function fromNodeAddress(
  { host, port, family }: { host: string; port: number; family?: Family | undefined },
  transport: NodeTransport
): Multiaddr {
  const code = transport === 'tcp' ? CODE_TCP : CODE_UDP
  return multiaddr([...hostComponents(host, family), component(code, String(port))])
}

function isHost(host: Span, zone: Span | undefined): boolean {
  return zone === undefined ? FAMILIES.has(host.protocol.code) : host.protocol.code === CODE_IP6
}

function hostComponents(host: string, family: Family | undefined): Component[] {
  if (ip4.parse(host, 0, host.length, new Uint8Array(4), 0) !== INVALID) return [component(CODE_IP4, host)]
  if (host.includes(':')) return ip6Components(host)
  return [component(family === 4 ? CODE_DNS4 : family === 6 ? CODE_DNS6 : CODE_DNS, host)]
}

function ip6Components(host: string): Component[] {
  const percent = host.indexOf('%')
  const address = percent < 0 ? host : host.slice(0, percent)
  const bytes = new Uint8Array(16)
  const isValid = ip6.parse(address, 0, address.length, bytes, 0) !== INVALID
  if (isValid && isMappedIp4(bytes, 0)) return [component(CODE_IP4, ip4.format(bytes, 12, 16))]
  if (percent < 0) return [component(CODE_IP6, address)]
  return [component(CODE_IP6ZONE, host.slice(percent + 1)), component(CODE_IP6, address)]
}

function component(code: number, value: string): Component {
  return { code, name: rowByCode(code)?.name ?? '', value }
}

function notThinWaist(ma: Multiaddr): MultiaddrError {
  return new MultiaddrError('not-thin-waist', `${ma} does not begin with a host and a tcp or udp port`)
}

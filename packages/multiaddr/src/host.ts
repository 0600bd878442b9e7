import type { Multiaddr } from '@ts-libp2p/interface'
import { CODE_DNS, CODE_DNS4, CODE_DNS6, CODE_DNSADDR, CODE_IP4, CODE_IP6, CODE_IP6ZONE } from './codes.ts'
import { type Span, spanValue } from './decode.ts'
import { spansOf } from './multiaddr.ts'
import { isMappedIp4 } from './values/ip.ts'

const NAMES: ReadonlySet<number> = new Set([CODE_DNS, CODE_DNS4, CODE_DNS6, CODE_DNSADDR])

/**
 * The IP address that an address begins with, 4 or 16 bytes, as a view. An IPv4-mapped one counts as IPv4: sockets
 * treat it so, and a filter must not be passed by writing an address another way.
 */
export function hostIp(ma: Multiaddr): Uint8Array | undefined {
  const span = hostSpan(ma)
  if (span?.protocol.code !== CODE_IP4 && span?.protocol.code !== CODE_IP6) return undefined
  const isMapped = span.protocol.code === CODE_IP6 && isMappedIp4(ma.bytes, span.value)
  return ma.bytes.subarray(isMapped ? span.end - 4 : span.value, span.end)
}

/** The DNS name that an address begins with. */
export function hostName(ma: Multiaddr): string | undefined {
  const span = hostSpan(ma)
  return span && NAMES.has(span.protocol.code) ? spanValue(ma.bytes, span) : undefined
}

function hostSpan(ma: Multiaddr): Span | undefined {
  const spans = spansOf(ma)
  return spans[0]?.protocol.code === CODE_IP6ZONE ? spans[1] : spans[0]
}

/** `localhost` and what is below it stand for this machine and are never looked up: RFC 6761. */
export function isLocalhost(name: string): boolean {
  return /(?:^|\.)localhost\.?$/i.test(name)
}

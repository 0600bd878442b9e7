import type { Multiaddr } from '@ts-libp2p/interface'
import { Circuit, DNS6, IP6, isLoopback, isPrivate, QUIC, QUICV1, TCP, WebTransport } from '@ts-libp2p/multiaddr'

/** An address and how long to wait for the ones before it. */
export interface RankedAddress {
  address: Multiaddr
  /** Milliseconds after the beginning of the dial. */
  delayMs: number
}

/** Milliseconds a public address has before the next is tried beside it: RFC 8305's 250 ms, as go-libp2p. */
const PUBLIC_STEP_MS = 250
/** The same on a private network, where a round trip is short. go-libp2p: 30 ms. */
const PRIVATE_STEP_MS = 30
/** A relay costs somebody else's bandwidth: direct addresses get a head start. go-libp2p: 500 ms. */
const RELAY_DELAY_MS = 500
/** Transports other than QUIC and TCP, where one of these is there. go-libp2p: 1 s. */
const OTHER_DELAY_MS = 1000

/** Addresses of one stage that are started together behind the first two. */
const STEPS_PER_STAGE = 2

type Kind = 'quic' | 'tcp' | 'other'

/**
 * Orders a peer's addresses for dialling, best first, with the delays of the "happy eyeballs" of RFC 8305 as
 * go-libp2p sets them: private and public addresses side by side, QUIC before TCP before the rest, IPv6 and IPv4
 * taking turns, relays last.
 */
export function rankAddresses(addresses: readonly Multiaddr[]): RankedAddress[] {
  // Most often: nothing to wait for, and the shapes take 15 µs to look at.
  if (addresses.length === 1) return addresses.map(address => ({ address, delayMs: 0 }))
  const relayed = addresses.filter(ma => Circuit.matches(ma))
  const direct = addresses.filter(ma => !Circuit.matches(ma) && !isShadowed(ma, addresses))
  const near = rankDirect(direct.filter(isNear), PRIVATE_STEP_MS)
  const far = rankDirect(
    direct.filter(ma => !isNear(ma)),
    PUBLIC_STEP_MS
  )
  const relays = rankDirect(relayed, PUBLIC_STEP_MS)
  const head = direct.length > 0 ? RELAY_DELAY_MS : 0
  return [...near, ...far, ...relays.map(r => ({ ...r, delayMs: r.delayMs + head }))].sort(
    (a, b) => a.delayMs - b.delayMs
  )
}

function rankDirect(addresses: Multiaddr[], stepMs: number): RankedAddress[] {
  const quic = stagger(interleave(addresses.filter(ma => kindOf(ma) === 'quic')), 0, stepMs)
  const tcpStart = quic.length === 0 ? 0 : (quic.at(-1)?.delayMs ?? 0) + stepMs
  const tcp = stagger(interleave(addresses.filter(ma => kindOf(ma) === 'tcp')), tcpStart, stepMs)
  const otherStart = quic.length + tcp.length === 0 ? 0 : OTHER_DELAY_MS
  const other = stagger(interleave(addresses.filter(ma => kindOf(ma) === 'other')), otherStart, stepMs)
  return [...quic, ...tcp, ...other]
}

/** The first at once, the second a step later, the rest two steps later. */
function stagger(addresses: Multiaddr[], startMs: number, stepMs: number): RankedAddress[] {
  return addresses.map((address, i) => ({ address, delayMs: startMs + Math.min(i, STEPS_PER_STAGE) * stepMs }))
}

/** IPv6 first, then IPv4, then IPv6 again. */
function interleave(addresses: Multiaddr[]): Multiaddr[] {
  const six = addresses.filter(isIp6)
  const four = addresses.filter(ma => !isIp6(ma))
  const out: Multiaddr[] = []
  for (let i = 0; i < Math.max(six.length, four.length); i++) {
    for (const ma of [six[i], four[i]]) if (ma !== undefined) out.push(ma)
  }
  return out
}

function kindOf(ma: Multiaddr): Kind {
  if (WebTransport.matches(ma)) return 'other'
  if (QUICV1.matches(ma) || QUIC.matches(ma)) return 'quic'
  return TCP.matches(ma) && !ma.getComponents().some(c => c.name === 'ws' || c.name === 'wss') ? 'tcp' : 'other'
}

const isIp6 = (ma: Multiaddr): boolean => IP6.matches(ma) || DNS6.matches(ma)
const isNear = (ma: Multiaddr): boolean => isPrivate(ma) || isLoopback(ma)

/** A WebTransport address beside a QUIC address of the same host and port: QUIC serves better. */
function isShadowed(ma: Multiaddr, all: readonly Multiaddr[]): boolean {
  if (!WebTransport.matches(ma)) return false
  const place = hostAndPort(ma)
  return all.some(other => QUICV1.matches(other) && !WebTransport.matches(other) && hostAndPort(other) === place)
}

function hostAndPort(ma: Multiaddr): string {
  const [host, port] = ma.getComponents()
  return `${host?.value} ${port?.value}`
}

/**
 * Shapes of addresses, and where a `/p2p` may close them, as in the ecosystem's `@multiformats/multiaddr-matcher`.
 * Wider than that: any number of certificate hashes, `/http-path` behind WebSocket and HTTP, and memory addresses of
 * relays. Narrower: a bare `/tls` is not HTTPS.
 *
 * @example
 * WebSockets.exactMatch(multiaddr('/dns4/example.com/tcp/80/ws/p2p/12D3Koo…')) // true
 */

import * as code from './codes.ts'
import { and, component, type MultiaddrMatcher, many, matcher, not, optional, or, type Pattern } from './pattern.ts'

const peer = component(code.CODE_P2P)
const maybePeer = optional(peer)
const certhashes = many(component(code.CODE_CERTHASH))
const maybePath = optional(component(code.CODE_HTTP_PATH))

const maybeCidr = optional(component(code.CODE_IPCIDR))
const ip4 = and(component(code.CODE_IP4), maybeCidr)
const ip6 = and(optional(component(code.CODE_IP6ZONE)), component(code.CODE_IP6), maybeCidr)
const ip = or(ip4, ip6)

const dns4 = component(code.CODE_DNS4)
const dns6 = component(code.CODE_DNS6)
const dnsaddr = component(code.CODE_DNSADDR)
const dns = or(component(code.CODE_DNS), dns4, dns6, dnsaddr)

const host = or(ip, dns)
const tcp = and(host, component(code.CODE_TCP))
const udp = and(host, component(code.CODE_UDP))
const quic = and(udp, component(code.CODE_QUIC))
const quicV1 = and(udp, component(code.CODE_QUIC_V1))

const underWebSocket = or(host, tcp, udp, quic, quicV1)
const ws = component(code.CODE_WS)
const tls = component(code.CODE_TLS)
const maybeSni = optional(component(code.CODE_SNI))
const webSockets = and(underWebSocket, ws, maybePath, maybePeer)
const secureWebSocket = or(component(code.CODE_WSS), and(tls, maybeSni, ws))
const webSocketsSecure = and(underWebSocket, secureWebSocket, maybePath, maybePeer)

const webTransport = and(quicV1, component(code.CODE_WEBTRANSPORT), certhashes, maybePeer)
const webRTCDirect = and(udp, component(code.CODE_WEBRTC_DIRECT), certhashes, maybePeer)
const memory = and(component(code.CODE_MEMORY), maybePeer)

const circuit = component(code.CODE_P2P_CIRCUIT)
const webrtc = component(code.CODE_WEBRTC)
const reachable = or(
  peer,
  and(or(host, tcp, quic, quicV1), maybePeer),
  webSockets,
  webSocketsSecure,
  webTransport,
  webRTCDirect,
  memory
)

const http = component(code.CODE_HTTP)
const httpOverTls = or(component(code.CODE_HTTPS), and(tls, maybeSni, http))
const httpPort = component(code.CODE_TCP)
const httpsPort = component(code.CODE_TCP, '443')
const secureHttp = or(and(optional(httpPort), httpOverTls), and(httpsPort, http))

/* @__NO_SIDE_EFFECTS__ */
const withPeer = (pattern: Pattern): MultiaddrMatcher => matcher(and(pattern, maybePeer))

export const PEER_ID: MultiaddrMatcher = matcher(peer)

export const IP4: MultiaddrMatcher = matcher(ip4)
export const IP6: MultiaddrMatcher = matcher(ip6)
export const IP: MultiaddrMatcher = matcher(ip)

/** Any of the four kinds of names. */
export const DNS: MultiaddrMatcher = withPeer(dns)
export const DNS4: MultiaddrMatcher = withPeer(dns4)
export const DNS6: MultiaddrMatcher = withPeer(dns6)
export const DNSADDR: MultiaddrMatcher = withPeer(dnsaddr)

export const TCP: MultiaddrMatcher = withPeer(tcp)
export const UDP: MultiaddrMatcher = matcher(udp)
export const UNIX: MultiaddrMatcher = matcher(component(code.CODE_UNIX))
export const Memory: MultiaddrMatcher = matcher(memory)

/** The draft of QUIC, `/quic`. */
export const QUIC: MultiaddrMatcher = withPeer(quic)
/** RFC 9000, `/quic-v1`. */
export const QUICV1: MultiaddrMatcher = withPeer(quicV1)
export const WebTransport: MultiaddrMatcher = matcher(webTransport)

export const WebSockets: MultiaddrMatcher = matcher(webSockets)
/** `/wss`, `/tls/ws` and `/tls/sni/…/ws`. */
export const WebSocketsSecure: MultiaddrMatcher = matcher(webSocketsSecure)

export const WebRTCDirect: MultiaddrMatcher = matcher(webRTCDirect)
/** WebRTC between browsers, signalled over a relay or another connection. */
export const WebRTC: MultiaddrMatcher = withPeer(and(optional(and(reachable, optional(circuit))), webrtc))

/** Through a relay, with or without its address and with or without the target. */
export const Circuit: MultiaddrMatcher = withPeer(and(optional(reachable), circuit, not(webrtc)))

export const HTTP: MultiaddrMatcher = withPeer(and(host, optional(httpPort), http, maybePath))
export const HTTPS: MultiaddrMatcher = withPeer(and(host, secureHttp, maybePath))

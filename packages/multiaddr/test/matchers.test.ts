import { multiaddrSymbol } from '@ts-libp2p/interface'
import { describe, expect, test } from 'vitest'
import {
  Circuit,
  DNS,
  DNS4,
  DNS6,
  DNSADDR,
  HTTP,
  HTTPS,
  IP,
  IP4,
  IP6,
  Memory,
  type MultiaddrMatcher,
  multiaddr,
  PEER_ID,
  QUIC,
  QUICV1,
  TCP,
  UDP,
  UNIX,
  WebRTC,
  WebRTCDirect,
  WebSockets,
  WebSocketsSecure,
  WebTransport
} from '../src/index.ts'

const P = '/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const Q = '/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
const HASH = '/certhash/uEiAeP0OEmBbGVTH5Bhnm3WopwRNSQ0et46xNkn2dIagnGw'
const TCP4 = '/ip4/1.2.3.4/tcp/4001'
const UDP4 = '/ip4/1.2.3.4/udp/4001'

interface Shape {
  /** Matched to the end. */
  exact: string[]
  /** Matched, with something after it. */
  begins: string[]
  not: string[]
}

const MATCHERS = {
  DNS,
  DNS4,
  DNS6,
  DNSADDR,
  IP,
  IP4,
  IP6,
  TCP,
  UDP,
  UNIX,
  QUIC,
  QUICV1,
  WebSockets,
  WebSocketsSecure,
  WebTransport,
  WebRTC,
  WebRTCDirect,
  Circuit,
  Memory,
  HTTP,
  HTTPS,
  PEER_ID
}

const SHAPES: Record<keyof typeof MATCHERS, Shape> = {
  PEER_ID: { exact: [P, Q], begins: [`${P}/p2p-circuit`], not: ['/', TCP4 + P] },
  IP4: {
    exact: ['/ip4/1.2.3.4', '/ip4/1.2.3.0/ipcidr/24'],
    begins: [TCP4, `/ip4/1.2.3.4${P}`],
    not: ['/ip6/::1', '/dns4/a']
  },
  IP6: {
    exact: ['/ip6/::1', '/ip6zone/eth0/ip6/fe80::1', '/ip6zone/eth0/ip6/fe80::/ipcidr/10'],
    begins: ['/ip6/::1/tcp/1'],
    not: ['/ip4/1.2.3.4', '/ip6zone/eth0', '/ip6zone/eth0/ip4/1.2.3.4']
  },
  IP: { exact: ['/ip4/1.2.3.4', '/ip6/::1'], begins: [TCP4], not: ['/dns/a', '/udp/1/ip6/::1'] },
  DNS: {
    exact: ['/dns/a', '/dns4/a', '/dns6/a', '/dnsaddr/a', `/dns/a${P}`, `/dnsaddr/a${P}`],
    begins: ['/dns/a/tcp/80', `/dnsaddr/a${P}/p2p-circuit`],
    not: ['/ip4/1.2.3.4', '/sni/a']
  },
  DNS4: { exact: ['/dns4/a', `/dns4/a${P}`], begins: ['/dns4/a/tcp/1'], not: ['/dns/a', '/dns6/a'] },
  DNS6: { exact: ['/dns6/a', `/dns6/a${P}`], begins: ['/dns6/a/tcp/1'], not: ['/dns/a', '/dns4/a'] },
  DNSADDR: { exact: ['/dnsaddr/a', `/dnsaddr/a${P}`], begins: ['/dnsaddr/a/tcp/1'], not: ['/dns/a', '/dns4/a'] },
  TCP: {
    exact: [TCP4, TCP4 + P, '/ip6/::/tcp/0', '/dns4/a/tcp/80', '/dnsaddr/a/tcp/80', '/ip6zone/e/ip6/fe80::1/tcp/1'],
    begins: [`${TCP4}/ws`, `${TCP4}${P}/p2p-circuit${Q}`, `${TCP4}/webrtc`],
    not: ['/tcp/80', UDP4, '/ip6/::1/udp/1/tcp/2', '/dns4/a']
  },
  UDP: {
    exact: [UDP4, '/ip6/::/udp/0', '/dns/a/udp/1'],
    begins: [UDP4 + P, `${UDP4}/quic-v1`],
    not: ['/udp/1', TCP4]
  },
  UNIX: { exact: ['/unix/tmp/a', `/unix/a${P}`], begins: [], not: [TCP4, '/ip4/1.2.3.4/unix/a'] },
  Memory: { exact: ['/memory/1', `/memory/1${P}`], begins: ['/memory/1/webrtc'], not: [TCP4] },
  QUIC: {
    exact: [`${UDP4}/quic`, `${UDP4}/quic${P}`],
    begins: [`${UDP4}/quic/webtransport`],
    not: [`${UDP4}/quic-v1`, `${TCP4}/quic`, '/quic']
  },
  QUICV1: {
    exact: [`${UDP4}/quic-v1`, `${UDP4}/quic-v1${P}`, '/dns/a/udp/1/quic-v1'],
    begins: [`${UDP4}/quic-v1/webtransport`],
    not: [`${UDP4}/quic`, `${TCP4}/quic-v1`, '/quic-v1', '/ip6/::1/ip4/1.2.3.4/udp/1/quic-v1']
  },
  WebTransport: {
    exact: ['', HASH, HASH + HASH, HASH + HASH + HASH, P, HASH + P].map(end => `${UDP4}/quic-v1/webtransport${end}`),
    begins: [`${UDP4}/quic-v1/webtransport${P}/p2p-circuit`],
    not: [`${UDP4}/quic/webtransport`, `${TCP4}/quic-v1/webtransport`, `${UDP4}/quic-v1`]
  },
  WebSockets: {
    exact: [`${TCP4}/ws`, `${TCP4}/ws${P}`, '/dns4/a/ws', '/dns/a/tcp/80/ws/http-path/chat', `${UDP4}/quic-v1/ws`],
    begins: [`${TCP4}/ws${P}/p2p-circuit${Q}`],
    not: [TCP4, `${TCP4}/wss`, `${TCP4}/tls/ws`, `${TCP4}/udp/1/ws`, `${TCP4}/p2p-webrtc-star/ws`, '/ws']
  },
  WebSocketsSecure: {
    exact: [
      `${TCP4}/wss`,
      `${TCP4}/tls/ws`,
      `${TCP4}/tls/sni/a.example/ws`,
      `${TCP4}/tls/sni/a.example/ws${P}`,
      '/dns4/a/wss',
      `/dns4/a/tls/ws${P}`,
      '/dns/a/tcp/443/tls/ws/http-path/chat'
    ],
    begins: [`${TCP4}/wss${P}/p2p-circuit`],
    not: [TCP4, `${TCP4}/ws`, `${TCP4}/tls`, `${TCP4}/udp/1/wss`, '/wss']
  },
  WebRTCDirect: {
    exact: ['', HASH, HASH + HASH, P, HASH + P].map(end => `${UDP4}/webrtc-direct${end}`),
    begins: [`${UDP4}/webrtc-direct${P}/p2p-circuit`],
    not: [`${TCP4}/webrtc-direct`, '/webrtc-direct', UDP4]
  },
  WebRTC: {
    exact: [
      '/webrtc',
      `/webrtc${P}`,
      `${TCP4}/ws${P}/p2p-circuit/webrtc`,
      `${TCP4}/ws${P}/p2p-circuit/webrtc${Q}`,
      `${UDP4}/quic-v1/webtransport${HASH}${P}/p2p-circuit/webrtc${Q}`,
      `${UDP4}/webrtc-direct${HASH}/webrtc`,
      `/memory/1${P}/p2p-circuit/webrtc`
    ],
    begins: [`/webrtc${P}/tcp/1`],
    not: [`${UDP4}/webrtc`, `${TCP4}/udp/1/wss/webrtc`, `${TCP4}${P}/p2p-circuit`, '/p2p-circuit/webrtc']
  },
  Circuit: {
    exact: [
      '/p2p-circuit',
      `/p2p-circuit${Q}`,
      `${P}/p2p-circuit`,
      `${P}/p2p-circuit${Q}`,
      `${TCP4}/p2p-circuit${Q}`,
      `${TCP4}${P}/p2p-circuit`,
      `${TCP4}/wss${P}/p2p-circuit${Q}`,
      `${UDP4}/quic-v1${P}/p2p-circuit${Q}`,
      `/dns/a/ws${P}/p2p-circuit${Q}`,
      `/memory/1${P}/p2p-circuit${Q}`
    ],
    begins: [`${P}/p2p-circuit${Q}/tcp/1`],
    not: [TCP4 + P, `${UDP4}/p2p-circuit`, `${P}/p2p-circuit/webrtc${Q}`, '/ip6/::/udp/0/utp']
  },
  HTTP: {
    exact: [
      `${TCP4}/http`,
      `${TCP4}/http${P}`,
      '/dns/a/http',
      '/dns/a/tcp/80/http/http-path/api',
      '/dns/a/tcp/443/http'
    ],
    begins: [`${TCP4}/http/p2p-webrtc-direct`],
    not: [`${UDP4}/http`, `${TCP4}/https`, `${TCP4}/tls/http`, TCP4]
  },
  HTTPS: {
    exact: [
      `${TCP4}/https`,
      `${TCP4}/https${P}`,
      `${TCP4}/tls/http`,
      `${TCP4}/tls/sni/a/http`,
      '/dns/a/https',
      '/dns/a/tls/http',
      '/dns/a/tcp/443/http',
      '/dns/a/https/http-path/api'
    ],
    begins: [`${TCP4}/https/p2p-circuit`],
    not: [`${TCP4}/http`, `${UDP4}/https`, '/dns/a/udp/443/http', '/dns/a/tls']
  }
}

describe.each(Object.entries(MATCHERS) as [keyof typeof MATCHERS, MultiaddrMatcher][])('%s', (name, matcher) => {
  const { exact, begins, not } = SHAPES[name]

  test.each(exact)('is %s', text => {
    expect(matcher.matches(multiaddr(text))).toBe(true)
    expect(matcher.exactMatch(multiaddr(text))).toBe(true)
  })

  test.each(begins)('begins %s', text => {
    expect(matcher.matches(multiaddr(text))).toBe(true)
    expect(matcher.exactMatch(multiaddr(text))).toBe(false)
  })

  test.each([...not, '/'])('is not %s', text => {
    expect(matcher.matches(multiaddr(text))).toBe(false)
    expect(matcher.exactMatch(multiaddr(text))).toBe(false)
  })

  test('is not nothing', () => {
    expect(matcher.matches(undefined)).toBe(false)
    expect(matcher.exactMatch(undefined)).toBe(false)
  })
})

test('multiaddrs of other implementations are matched by their bytes', () => {
  const foreign = { [multiaddrSymbol]: true, bytes: multiaddr(TCP4).bytes } as never
  expect(TCP.exactMatch(foreign)).toBe(true)
  expect(UDP.matches(foreign)).toBe(false)
})

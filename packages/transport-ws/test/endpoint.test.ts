import { multiaddr } from '@ts-libp2p/multiaddr'
import { describe, expect, it } from 'vitest'
import { announcedSuffix, endpoint, isWebSocketAddress, urlOf } from '../src/endpoint.ts'
import { gather } from '../src/gather.ts'
import { MAX_GATHERED_BYTES } from '../src/limits.ts'

const PEER = '/p2p/12D3KooWQF6Q3i1QkziJQ9mkNNcyFD8GPQz6R6oEvT75wgsVXm4v'

// https://github.com/libp2p/specs/blob/master/websockets/README.md
describe('addresses', () => {
  it.each([
    ['/ip4/1.2.3.4/tcp/5/ws', 'ws://1.2.3.4:5/', '/ws'],
    ['/ip4/1.2.3.4/tcp/80/ws', 'ws://1.2.3.4/', '/ws'],
    ['/ip4/1.2.3.4/ws', 'ws://1.2.3.4/', '/ws'],
    ['/ip6/::1/tcp/5/ws', 'ws://[::1]:5/', '/ws'],
    ['/ip6zone/eth0/ip6/fe80::1/tcp/5/ws', 'ws://[fe80::1]:5/', '/ws'],
    ['/dns/example.com/tcp/5/ws', 'ws://example.com:5/', '/ws'],
    ['/dns4/example.com/tcp/443/wss', 'wss://example.com/', '/tls/ws'],
    ['/dns4/example.com/wss', 'wss://example.com/', '/tls/ws'],
    ['/dns6/example.com/tcp/443/tls/ws', 'wss://example.com/', '/tls/ws'],
    ['/dns/example.com/tls/ws', 'wss://example.com/', '/tls/ws'],
    ['/ip4/1.2.3.4/tcp/5/tls/ws', 'wss://1.2.3.4:5/', '/tls/ws'],
    ['/ip4/1.2.3.4/tcp/5/tls/sni/example.com/ws', 'wss://example.com:5/', '/tls/sni/example.com/ws'],
    ['/ip4/1.2.3.4/tcp/5/ws/http-path/a%2Fb', 'ws://1.2.3.4:5/a/b', '/ws/http-path/a%2Fb'],
    ['/ip4/1.2.3.4/tcp/5/ws/http-path/%2Fa', 'ws://1.2.3.4:5/a', '/ws/http-path/a'],
    ['/ip4/1.2.3.4/tcp/5/ws/http-path/a%3Fb%23c', 'ws://1.2.3.4:5/a%3Fb%23c', '/ws/http-path/a%3Fb%23c'],
    [`/ip4/1.2.3.4/tcp/5/ws${PEER}`, 'ws://1.2.3.4:5/', '/ws'],
    [`/dns/example.com/tls/ws/http-path/x${PEER}`, 'wss://example.com/x', '/tls/ws/http-path/x']
  ])('%s is %s, announced with %s', (address, url, suffix) => {
    const at = endpoint(multiaddr(address))
    expect(urlOf(at)).toBe(url)
    expect(announcedSuffix(at)).toBe(suffix)
  })

  it.each([
    '/ip4/1.2.3.4/tcp/5',
    '/ip4/1.2.3.4/tcp/5/tls',
    '/ip4/1.2.3.4/udp/5/ws',
    '/ip4/1.2.3.4/udp/5/quic-v1/ws',
    '/ip4/1.2.3.0/ipcidr/24/tcp/5/ws',
    '/dnsaddr/example.com/tcp/5/ws',
    `/ip4/1.2.3.4/tcp/5/ws${PEER}/p2p-circuit`,
    '/ip4/1.2.3.4/udp/5/webrtc-direct',
    '/unix/a.sock'
  ])('%s is none', address => {
    expect(isWebSocketAddress(multiaddr(address))).toBe(false)
    expect(() => endpoint(multiaddr(address))).toThrow(
      expect.objectContaining({ name: 'WsError', code: 'unsupported-address' })
    )
  })
})

describe('messages', () => {
  it.each([
    ['one chunk as it is', [10], [10]],
    ['small neighbours together', [10, 20, 30], [60]],
    ['a large chunk on its own', [10, 20, 100_000, 30, 40], [30, 100_000, 70]],
    ['no more together than allowed', [MAX_GATHERED_BYTES - 10, 10, 1], [MAX_GATHERED_BYTES, 1]]
  ])('%s', (_, lengths, expected) => {
    const chunks = lengths.map((length, i) => new Uint8Array(length).fill(i + 1))
    const messages = gather(chunks)
    expect(messages.map(message => message.byteLength)).toEqual(expected)
    const bytesOf = (parts: readonly Uint8Array[]): number[] => parts.flatMap(part => [...part])
    expect(bytesOf(messages)).toEqual(bytesOf(chunks))
  })
})

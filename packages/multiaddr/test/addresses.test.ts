import { describe, expect, test } from 'vitest'
import { fromNodeAddress, multiaddr, nodeAddress, peerIdOf, withoutPeerId, withPeerId } from '../src/index.ts'

const A = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const B = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'

describe('the peer of an address', () => {
  test.each([
    ['/', undefined],
    ['/ip4/1.2.3.4/tcp/80', undefined],
    [`/p2p/${A}`, A],
    [`/ip4/1.2.3.4/tcp/80/p2p/${A}`, A],
    [`/ip4/1.2.3.4/tcp/80/ipfs/${A}`, A],
    ['/p2p/bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe', B],
    [`/p2p/${A}/p2p-circuit`, undefined],
    [`/p2p/${A}/p2p-circuit/p2p/${B}`, B],
    [`/p2p/${A}/p2p-circuit/webrtc/p2p/${B}`, B],
    [`/p2p-circuit/p2p/${B}`, B],
    [`/p2p/${A}/p2p/${B}`, B],
    [`/p2p/${A}/tcp/80`, A]
  ])('of %s is %s', (text, peer) => {
    expect(peerIdOf(multiaddr(text))).toBe(peer)
  })

  test.each([
    ['/', `/p2p/${A}`],
    ['/ip4/1.2.3.4/tcp/80', `/ip4/1.2.3.4/tcp/80/p2p/${A}`],
    [`/ip4/1.2.3.4/tcp/80/p2p/${A}`, `/ip4/1.2.3.4/tcp/80/p2p/${A}`],
    [`/ip4/1.2.3.4/tcp/80/p2p/${B}`, `/ip4/1.2.3.4/tcp/80/p2p/${A}`],
    [`/p2p/${A}/p2p-circuit`, `/p2p/${A}/p2p-circuit/p2p/${A}`],
    [`/p2p/${B}/p2p-circuit/p2p/${B}`, `/p2p/${B}/p2p-circuit/p2p/${A}`],
    ['/unix/tmp/sock', '/unix/tmp/sock']
  ])('put on %s makes %s', (text, with_) => {
    expect(withPeerId(multiaddr(text), { toString: () => A }).toString()).toBe(with_)
  })

  test.each([
    ['/', '/'],
    ['/ip4/1.2.3.4/tcp/80', '/ip4/1.2.3.4/tcp/80'],
    [`/ip4/1.2.3.4/tcp/80/p2p/${B}`, '/ip4/1.2.3.4/tcp/80'],
    [`/p2p/${A}/p2p-circuit`, `/p2p/${A}/p2p-circuit`],
    [`/p2p/${A}/p2p-circuit/p2p/${B}`, `/p2p/${A}/p2p-circuit`],
    [`/p2p/${A}/tcp/80`, `/p2p/${A}/tcp/80`]
  ])('taken off %s leaves %s', (text, without) => {
    expect(withoutPeerId(multiaddr(text)).toString()).toBe(without)
  })

  test('must be a peer id', () => {
    expect(() => withPeerId(multiaddr('/tcp/1'), { toString: () => 'me' })).toThrow(
      expect.objectContaining({ name: 'MultiaddrError', code: 'invalid-value' })
    )
  })
})

describe('host and port', () => {
  test.each([
    ['/ip4/1.2.3.4/tcp/80', 4, '1.2.3.4', 80, 'tcp'],
    ['/ip4/1.2.3.4/udp/0/quic-v1', 4, '1.2.3.4', 0, 'udp'],
    ['/ip6/2001:DB8:0::1/tcp/65535', 6, '2001:db8::1', 65_535, 'tcp'],
    ['/ip6zone/eth0/ip6/fe80::1/tcp/80', 6, 'fe80::1%eth0', 80, 'tcp'],
    [`/dns/example.com/tcp/443/wss/p2p/${A}`, undefined, 'example.com', 443, 'tcp'],
    ['/dnsaddr/example.com/tcp/443', undefined, 'example.com', 443, 'tcp'],
    ['/dns4/example.com/tcp/443', 4, 'example.com', 443, 'tcp'],
    ['/dns6/example.com/udp/443', 6, 'example.com', 443, 'udp']
  ])('of %s', (text, family, host, port, transport) => {
    expect(nodeAddress(multiaddr(text))).toEqual({ family, host, port, transport })
  })

  test.each([
    '/',
    '/tcp/80',
    '/ip4/1.2.3.4',
    '/ip4/1.2.3.4/sctp/80',
    '/ip4/1.2.3.0/ipcidr/24/tcp/80',
    '/dns4/example.com/wss',
    '/ip6zone/eth0/ip4/1.2.3.4/tcp/80',
    '/ip6zone/eth0',
    `/p2p/${A}`,
    '/unix/tmp/sock'
  ])('%s has none', text => {
    expect(() => nodeAddress(multiaddr(text))).toThrow(
      expect.objectContaining({
        name: 'MultiaddrError',
        code: 'not-thin-waist',
        message: expect.stringContaining(text)
      })
    )
  })

  test.each([
    [{ host: '1.2.3.4', port: 80 }, 'tcp', '/ip4/1.2.3.4/tcp/80'],
    [{ host: '2001:db8::1', port: 80 }, 'udp', '/ip6/2001:db8::1/udp/80'],
    [{ host: 'fe80::1%eth0', port: 80 }, 'tcp', '/ip6zone/eth0/ip6/fe80::1/tcp/80'],
    [{ host: '::ffff:127.0.0.1', port: 80 }, 'tcp', '/ip4/127.0.0.1/tcp/80'],
    [{ host: 'example.com', port: 80 }, 'tcp', '/dns/example.com/tcp/80'],
    [{ host: 'example.com', port: 80, family: 4 }, 'tcp', '/dns4/example.com/tcp/80'],
    [{ host: 'example.com', port: 80, family: 6 }, 'tcp', '/dns6/example.com/tcp/80']
  ] as const)('%j over %s is %s', (address, transport, text) => {
    expect(fromNodeAddress(address, transport).toString()).toBe(text)
  })

  test.each([
    { host: '', port: 80 },
    { host: 'a/b', port: 80 },
    { host: '[::1]', port: 80 },
    { host: 'fe80::1%', port: 80 },
    { host: '1.2.3.4', port: 65_536 },
    { host: '1.2.3.4', port: -1 },
    { host: '1.2.3.4', port: 1.5 },
    { host: '1.2.3.4', port: Number.NaN }
  ])('%j is refused', address => {
    expect(() => fromNodeAddress(address, 'tcp')).toThrow(expect.objectContaining({ name: 'MultiaddrError' }))
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cidrFilter,
  isGlobalUnicast,
  isLinkLocal,
  isLoopback,
  isPrivate,
  isRelayed,
  isWildcard,
  multiaddr
} from '../src/index.ts'

const P = '/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const CHECKS = { isPrivate, isLoopback, isLinkLocal, isGlobalUnicast, isWildcard, isRelayed }
type Check = keyof typeof CHECKS

describe('what is said of', () => {
  test.each<[string, Check[]]>([
    ['/', []],
    ['/ip4/1.1.1.1/tcp/80', ['isGlobalUnicast']],
    ['/ip4/9.255.255.255', ['isGlobalUnicast']],
    ['/ip4/10.0.0.0', ['isPrivate']],
    ['/ip4/10.255.255.255', ['isPrivate']],
    ['/ip4/11.0.0.0', ['isGlobalUnicast']],
    ['/ip4/100.63.255.255', ['isGlobalUnicast']],
    ['/ip4/100.64.0.1', ['isPrivate']],
    ['/ip4/100.127.255.255', ['isPrivate']],
    ['/ip4/100.128.0.0', ['isGlobalUnicast']],
    ['/ip4/127.0.0.1', ['isPrivate', 'isLoopback']],
    ['/ip4/127.255.255.255', ['isPrivate', 'isLoopback']],
    ['/ip4/128.0.0.1', ['isGlobalUnicast']],
    ['/ip4/169.254.1.1', ['isPrivate', 'isLinkLocal']],
    ['/ip4/172.15.255.255', ['isGlobalUnicast']],
    ['/ip4/172.16.0.0', ['isPrivate']],
    ['/ip4/172.31.255.255', ['isPrivate']],
    ['/ip4/172.32.0.0', ['isGlobalUnicast']],
    ['/ip4/192.0.0.8', ['isPrivate']],
    ['/ip4/192.0.2.1', ['isPrivate']],
    ['/ip4/192.168.1.1', ['isPrivate']],
    ['/ip4/192.169.0.0', ['isGlobalUnicast']],
    ['/ip4/198.18.0.1', ['isPrivate']],
    ['/ip4/198.19.255.255', ['isPrivate']],
    ['/ip4/198.51.100.1', ['isPrivate']],
    ['/ip4/203.0.113.1', ['isPrivate']],
    ['/ip4/224.0.0.1', ['isPrivate']],
    ['/ip4/255.255.255.255', ['isPrivate']],
    ['/ip4/0.0.0.0/tcp/0', ['isPrivate', 'isWildcard']],
    ['/ip4/0.0.0.1', ['isPrivate']],
    ['/ip6/::/tcp/0', ['isPrivate', 'isWildcard']],
    ['/ip6/::1', ['isPrivate', 'isLoopback']],
    ['/ip6/::2', []],
    ['/ip6/2400::1', ['isGlobalUnicast']],
    ['/ip6/2001:db8::42', ['isPrivate']],
    ['/ip6/3fff::1', ['isPrivate']],
    ['/ip6/4000::1', []],
    ['/ip6/fbff::1', []],
    ['/ip6/fc00::1', ['isPrivate']],
    ['/ip6/fdff::1', ['isPrivate']],
    ['/ip6/fe80::1', ['isPrivate', 'isLinkLocal']],
    ['/ip6/febf::1', ['isPrivate', 'isLinkLocal']],
    ['/ip6/fec0::1', ['isPrivate']],
    ['/ip6/ff02::1', ['isPrivate']],
    ['/ip6zone/eth0/ip6/fe80::1/tcp/1', ['isPrivate', 'isLinkLocal']],
    ['/ip6/::ffff:10.0.0.1', ['isPrivate']],
    ['/ip6/::ffff:127.0.0.1', ['isPrivate', 'isLoopback']],
    ['/ip6/::ffff:0.0.0.0', ['isPrivate', 'isWildcard']],
    ['/ip6/::ffff:1.1.1.1', ['isGlobalUnicast']],
    ['/ip6/64:ff9b::1.1.1.1', ['isGlobalUnicast']],
    ['/ip6/64:ff9b::10.0.0.1', ['isPrivate']],
    ['/ip6/64:ff9b:1::1', ['isPrivate']],
    ['/dns/localhost/tcp/1', ['isPrivate', 'isLoopback']],
    ['/dns4/a.LOCALHOST.', ['isPrivate', 'isLoopback']],
    ['/dns/notlocalhost', []],
    ['/dns/localhost.example', []],
    ['/dns/example.com', []],
    ['/dns/printer.local', []],
    ['/tcp/80/ip4/10.0.0.1', []],
    ['/memory/1', []],
    [`/ip4/10.0.0.1/tcp/1${P}/p2p-circuit${P}`, ['isPrivate', 'isRelayed']],
    ['/p2p-circuit', ['isRelayed']]
  ])('%s: %j', (text, expected) => {
    const said = Object.entries(CHECKS).filter(([, check]) => check(multiaddr(text)))
    expect(said.map(([name]) => name).sort()).toEqual([...expected].sort())
  })

  test('no address is both private and global', () => {
    const ip = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }).map(ip => Uint8Array.of(4, ...ip)),
      fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ip => Uint8Array.of(41, ...ip))
    )
    fc.assert(fc.property(ip, bytes => !(isPrivate(multiaddr(bytes)) && isGlobalUnicast(multiaddr(bytes)))))
  })
})

describe('networks', () => {
  test.each([
    ['10.0.0.0/8', '/ip4/10.1.2.3/tcp/1', true],
    ['10.0.0.0/8', '/ip4/11.0.0.0', false],
    ['/ip4/10.0.0.0/ipcidr/8', '/ip4/10.1.2.3', true],
    ['/ip4/192.168.8.0/ipcidr/21', '/ip4/192.168.15.255', true],
    ['/ip4/192.168.8.0/ipcidr/21', '/ip4/192.168.16.0', false],
    ['1.2.3.4/32', '/ip4/1.2.3.4', true],
    ['1.2.3.4/32', '/ip4/1.2.3.5', false],
    ['0.0.0.0/0', '/ip4/1.2.3.4', true],
    ['0.0.0.0/0', '/ip6/::1', false],
    ['::/0', '/ip6/2001:db8::1', true],
    ['::/0', '/ip4/1.2.3.4', false],
    ['fe80::/10', '/ip6zone/eth0/ip6/febf::1/udp/1', true],
    ['/ip6/2001:db8::/ipcidr/33', '/ip6/2001:db8:8000::1', false],
    ['10.0.0.0/8', '/ip6/::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '/ip4/10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '/ip6/::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '/ip4/11.1.2.3', false],
    ['10.0.0.0/8', '/dns/localhost', false],
    ['10.0.0.0/8', '/tcp/1/ip4/10.0.0.1', false],
    ['10.0.0.0/8', '/', false]
  ])('%s and %s: %s', (network, text, isIn) => {
    expect(cidrFilter(network)(multiaddr(text))).toBe(isIn)
  })

  test('as a multiaddr', () => {
    expect(cidrFilter(multiaddr('/ip4/10.0.0.0/ipcidr/8'))(multiaddr('/ip4/10.9.9.9'))).toBe(true)
  })

  test.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/x',
    '::/129',
    '',
    'example.com/8',
    '/ip4/10.0.0.0',
    '/ip4/10.0.0.0/ipcidr/33',
    '/ipcidr/8'
  ])('%s is none', network => {
    expect(() => cidrFilter(network)).toThrow(
      expect.objectContaining({ name: 'MultiaddrError', code: 'invalid-value' })
    )
  })
})

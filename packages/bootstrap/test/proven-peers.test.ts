import type { Multiaddr } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { identity } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MAX_PROVEN_ADDRESSES,
  MAX_PROVEN_PEERS,
  MAX_PROVEN_PER_NETWORK,
  MISSED_AFTER_MS,
  PROVEN_TTL_MS
} from '../src/index.ts'
import { networkOf } from '../src/network-of.ts'
import { ProvenPeers } from '../src/proven-peers.ts'

const peers = Array.from({ length: MAX_PROVEN_PEERS + 10 }, (_, i) => identity(i).peerId)
const peer = (i: number): (typeof peers)[0] => peers[i] as (typeof peers)[0]
/** One in a network of its own. */
const far = (i: number): Multiaddr => multiaddr(`/ip4/${50 + Math.floor(i / 200)}.${i % 200}.0.1/tcp/1`)
const near = (i: number): Multiaddr => multiaddr(`/ip4/99.99.0.${i}/tcp/1`)
const indices = (proven: ProvenPeers): number[] =>
  proven.list().map(({ id }) => peers.findIndex(other => other.equals(id)))

describe('the proven peers', () => {
  it('the one seen last is first; its addresses too', () => {
    const proven = new ProvenPeers()
    expect(proven.note(peer(0), far(0), 1)).toBe(true)
    expect(proven.note(peer(1), far(1), 2)).toBe(true)
    expect(proven.note(peer(0), far(0), 3)).toBe(false)
    expect(proven.note(peer(0), far(2), 4)).toBe(true)
    expect(indices(proven)).toEqual([0, 1])
    expect(proven.list()[0]).toMatchObject({ addresses: [far(2), far(0)], firstSeen: 1, lastSeen: 4 })
  })

  it('keep a few addresses of each', () => {
    const proven = new ProvenPeers()
    for (let i = 0; i < 10; i++) proven.note(peer(0), far(i), i)
    expect(proven.list()[0]?.addresses).toEqual([9, 8, 7, 6].map(far))
    expect(MAX_PROVEN_ADDRESSES).toBe(4)
  })

  it('are so many; newcomers do not drive out those known longer', () => {
    const proven = new ProvenPeers()
    for (let i = 0; i < MAX_PROVEN_PEERS + 5; i++) proven.note(peer(i), far(i), i)
    expect(indices(proven).sort((a, b) => a - b)).toEqual([...Array(MAX_PROVEN_PEERS).keys()])
  })

  it('those not seen for a day make room', () => {
    const proven = new ProvenPeers()
    for (let i = 0; i < MAX_PROVEN_PEERS; i++) proven.note(peer(i), far(i), i)
    const later = MISSED_AFTER_MS + MAX_PROVEN_PEERS
    for (let i = 1; i < MAX_PROVEN_PEERS; i++) proven.note(peer(i), far(i), later)
    expect(proven.note(peer(MAX_PROVEN_PEERS), far(MAX_PROVEN_PEERS), later)).toBe(true)
    expect(indices(proven)).not.toContain(0)
    expect(proven.note(peer(0), far(0), later)).toBe(false)
  })

  it('one network cannot take all places', () => {
    const proven = new ProvenPeers()
    proven.note(peer(20), far(20), 0)
    for (let i = 0; i < 20; i++) proven.note(peer(i), near(i), i)
    expect(indices(proven)).toHaveLength(MAX_PROVEN_PER_NETWORK + 1)
    expect(indices(proven)).toContain(20)
  })

  it('are forgotten when they were not seen for long', () => {
    const proven = new ProvenPeers()
    proven.note(peer(0), far(0), 0)
    proven.note(peer(1), far(1), 10)
    expect(proven.expire(PROVEN_TTL_MS)).toBe(false)
    expect(proven.expire(PROVEN_TTL_MS + 1)).toBe(true)
    expect(indices(proven)).toEqual([1])
  })

  it('are never more than allowed, whatever comes', () => {
    const step = fc.record({ who: fc.nat({ max: MAX_PROVEN_PEERS + 9 }), near: fc.boolean(), after: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const proven = new ProvenPeers()
        let now = 0
        for (const { who, near: isNear, after } of steps) {
          now += after
          proven.note(peer(who), isNear ? near(who % 250) : far(who), now)
          expect(proven.list().length).toBeLessThanOrEqual(MAX_PROVEN_PEERS)
          const crowded = proven.list().filter(({ addresses }) => networkOf(addresses[0] as Multiaddr) === '4 99,99')
          expect(crowded.length).toBeLessThanOrEqual(MAX_PROVEN_PER_NETWORK)
        }
      }),
      { numRuns: 30 }
    )
  })
})

describe('networks', () => {
  it.each([
    ['/ip4/99.98.1.2/tcp/1', '4 99,98'],
    ['/ip6/2001:4860:1:2::3/udp/1/quic-v1', '6 32,1,72,96'],
    ['/ip4/192.168.1.1/tcp/1', undefined],
    ['/ip4/127.0.0.1/tcp/1', undefined],
    ['/ip6/fe80::1/tcp/1', undefined],
    ['/dns4/example.com/tcp/1', undefined]
  ])('%s is in %s', (text, expected) => {
    expect(networkOf(multiaddr(text))).toBe(expected)
  })
})

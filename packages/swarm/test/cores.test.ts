import { multiaddr } from '@ts-libp2p/multiaddr'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  choosePruned,
  DEFAULT_LIMITS,
  DialBackoff,
  type DialEffect,
  DialPlan,
  describeAttempts,
  hostOf,
  InboundLimiter,
  type PruneCandidate,
  rankAddresses
} from '../src/index.ts'

const ranked = (...texts: string[]) =>
  rankAddresses(texts.map(t => multiaddr(t))).map(({ address, delayMs }) => [address.toString(), delayMs])

describe('rankAddresses', () => {
  // go-libp2p p2p/net/swarm/dial_ranker.go, RFC 8305
  it('dials QUIC first, then TCP a step later', () => {
    expect(ranked('/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/udp/1/quic-v1')).toEqual([
      ['/ip4/1.2.3.4/udp/1/quic-v1', 0],
      ['/ip4/1.2.3.4/tcp/1', 250]
    ])
  })

  it('lets IPv6 and IPv4 take turns, and the rest wait two steps', () => {
    expect(
      ranked('/ip4/1.1.1.1/tcp/1', '/ip4/1.1.1.2/tcp/1', '/ip6/2001:db9::1/tcp/1', '/ip6/2001:db9::2/tcp/1')
    ).toEqual([
      ['/ip6/2001:db9::1/tcp/1', 0],
      ['/ip4/1.1.1.1/tcp/1', 250],
      ['/ip6/2001:db9::2/tcp/1', 500],
      ['/ip4/1.1.1.2/tcp/1', 500]
    ])
  })

  it('steps faster on a private network, beside the public one', () => {
    expect(ranked('/ip4/192.168.1.1/udp/1/quic-v1', '/ip4/192.168.1.1/tcp/1', '/ip4/1.1.1.1/tcp/1')).toEqual([
      ['/ip4/192.168.1.1/udp/1/quic-v1', 0],
      ['/ip4/1.1.1.1/tcp/1', 0],
      ['/ip4/192.168.1.1/tcp/1', 30]
    ])
  })

  const RELAY = '/ip4/1.1.1.1/tcp/1/p2p/12D3KooWBGrdmDshWksiM3SPRAMcgp3KEachDPgwSz5qxm7BcMhY/p2p-circuit'
  it('gives direct addresses a head start over relays', () => {
    expect(ranked(RELAY, '/ip4/2.2.2.2/tcp/1')).toEqual([
      ['/ip4/2.2.2.2/tcp/1', 0],
      [RELAY, 500]
    ])
    expect(ranked(RELAY)).toEqual([[RELAY, 0]])
  })

  it('keeps WebSocket behind TCP, and drops WebTransport beside QUIC at the same place', () => {
    expect(
      ranked(
        '/ip4/1.1.1.1/tcp/2/ws',
        '/ip4/1.1.1.1/tcp/1',
        '/ip4/1.1.1.1/udp/1/quic-v1',
        '/ip4/1.1.1.1/udp/1/quic-v1/webtransport'
      )
    ).toEqual([
      ['/ip4/1.1.1.1/udp/1/quic-v1', 0],
      ['/ip4/1.1.1.1/tcp/1', 250],
      ['/ip4/1.1.1.1/tcp/2/ws', 1000]
    ])
    expect(ranked('/ip4/1.1.1.1/tcp/2/ws')).toEqual([['/ip4/1.1.1.1/tcp/2/ws', 0]])
  })
})

describe('DialPlan', () => {
  const A = multiaddr('/ip6/2001:db9::1/tcp/1')
  const B = multiaddr('/ip4/1.1.1.1/tcp/1')
  const C = multiaddr('/ip4/1.1.1.2/tcp/1')
  const show = (effects: DialEffect[]) =>
    effects.map(e => (e.type === 'start' ? `start ${e.address}` : e.type === 'wake' ? `wake ${e.atMs}` : e.type))

  it('starts the best at once and the next when its time comes', () => {
    const plan = new DialPlan(1000, 8)
    expect(show(plan.handle({ type: 'addresses', addresses: [B, A], more: false }, 1000))).toEqual([
      `start ${A}`,
      'wake 1250'
    ])
    expect(show(plan.handle({ type: 'time' }, 1100))).toEqual(['wake 1250'])
    expect(show(plan.handle({ type: 'time' }, 1250))).toEqual([`start ${B}`])
  })

  it('does not wait when nothing is under way', () => {
    const plan = new DialPlan(0, 8)
    plan.handle({ type: 'addresses', addresses: [A, B], more: false }, 0)
    expect(show(plan.handle({ type: 'failed', address: A }, 10))).toEqual([`start ${B}`])
    expect(show(plan.handle({ type: 'failed', address: B }, 20))).toEqual(['exhausted'])
  })

  it('tries no more at once than it may', () => {
    const plan = new DialPlan(0, 1)
    expect(show(plan.handle({ type: 'addresses', addresses: [A, B], more: false }, 10_000))).toEqual([`start ${A}`])
    expect(show(plan.handle({ type: 'time' }, 20_000))).toEqual([])
    expect(show(plan.handle({ type: 'failed', address: A }, 20_000))).toEqual([`start ${B}`])
  })

  it('is not exhausted while names resolve, and tries what they bring once', () => {
    const plan = new DialPlan(0, 8)
    expect(plan.handle({ type: 'addresses', addresses: [A], more: true }, 0)).toHaveLength(1)
    expect(show(plan.handle({ type: 'failed', address: A }, 5))).toEqual([])
    expect(show(plan.handle({ type: 'addresses', addresses: [C, A], more: false }, 6))).toEqual([`start ${C}`])
    expect(show(plan.handle({ type: 'failed', address: C }, 7))).toEqual(['exhausted'])
  })

  it('tries every address exactly once, whatever fails when', () => {
    const address = fc.integer({ min: 1, max: 30 }).map(n => multiaddr(`/ip4/1.1.1.${n}/tcp/1`))
    fc.assert(
      fc.property(
        fc.array(fc.array(address, { maxLength: 6 }), { maxLength: 4 }),
        fc.array(fc.nat(400)),
        (batches, waits) => {
          const plan = new DialPlan(0, 3)
          const started: string[] = []
          const running: string[] = []
          let now = 0
          const take = (effects: DialEffect[]): boolean => {
            const fresh = effects.flatMap(e => (e.type === 'start' ? [e.address.toString()] : []))
            started.push(...fresh)
            running.push(...fresh)
            expect(running.length).toBeLessThanOrEqual(3)
            return effects.some(e => e.type === 'exhausted')
          }
          for (const addresses of batches) take(plan.handle({ type: 'addresses', addresses, more: true }, now))
          let isDone = take(plan.handle({ type: 'addresses', addresses: [], more: false }, now))
          for (let i = 0; !isDone && i < 1000; i++) {
            now += waits[i % (waits.length || 1)] ?? 100
            const failed = running.shift()
            isDone = take(
              plan.handle(failed === undefined ? { type: 'time' } : { type: 'failed', address: multiaddr(failed) }, now)
            )
          }
          const expected = new Set(batches.flat().map(String))
          expect(isDone).toBe(true)
          expect(started.sort()).toEqual([...expected].sort())
        }
      )
    )
  })
})

describe('DialBackoff', () => {
  it('waits longer after each failure, up to five minutes, and forgets on success', () => {
    const backoff = new DialBackoff(10)
    const waits = Array.from({ length: 20 }, () => {
      backoff.failed('a', 0)
      return backoff.remainingMs('a', 0)
    })
    expect(waits.slice(0, 4)).toEqual([5000, 6000, 9000, 14000])
    expect(waits.at(-1)).toBe(300_000)
    expect(backoff.remainingMs('a', 300_000)).toBe(0)
    backoff.succeeded('a')
    expect(backoff.remainingMs('a', 0)).toBe(0)
  })

  it('remembers no more than it may, the latest', () => {
    const backoff = new DialBackoff(3)
    for (const name of ['a', 'b', 'c', 'a', 'd']) backoff.failed(name, 0)
    expect(backoff.size).toBe(3)
    expect(['a', 'b', 'c', 'd'].map(name => backoff.remainingMs(name, 0) > 0)).toEqual([true, false, true, true])
  })
})

describe('InboundLimiter', () => {
  const limits = {
    ...DEFAULT_LIMITS,
    maxInboundPending: 4,
    inboundPerHostPerSecond: 10,
    inboundPerHostBurst: 20,
    maxTrackedHosts: 3
  }

  it('lets the most crowded host lose its oldest', () => {
    const limiter = new InboundLimiter(limits)
    for (const id of [1, 2, 3]) expect(limiter.admit(id, 'bad', 0)).toEqual({ accept: true, evict: undefined })
    expect(limiter.admit(4, 'good', 0)).toEqual({ accept: true, evict: undefined })
    expect(limiter.admit(5, 'other', 0)).toEqual({ accept: true, evict: 1 })
    expect(limiter.admit(6, 'bad', 0)).toEqual({ accept: true, evict: 2 })
    expect(limiter.pendingCount).toBe(4)
  })

  it('never lets a flood evict a host with fewer', () => {
    const limiter = new InboundLimiter({ ...limits, inboundPerHostBurst: 10_000 })
    limiter.admit(0, 'good', 0)
    const evicted = Array.from({ length: 1000 }, (_, i) => limiter.admit(i + 1, 'bad', 0)).map(a =>
      a.accept ? a.evict : undefined
    )
    expect(evicted).not.toContain(0)
    expect(limiter.pendingCount).toBe(4)
  })

  it('counts the addresses that one IPv6 machine has to choose from as one host', () => {
    const hosts = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1'].map(ip =>
      hostOf(multiaddr(`/ip6/${ip}/tcp/1`))
    )
    expect(hosts).toEqual(['20010db800010002/64', '20010db800010002/64', '20010db800010003/64'])
    expect(hostOf(multiaddr('/ip4/192.0.2.1/tcp/1'))).toBe('192.0.2.1')
    expect(hostOf(multiaddr('/memory/7'))).toBe('7')
  })

  it('refuses a host over its rate until time passes', () => {
    const limiter = new InboundLimiter(limits)
    const admit = (now: number, n: number): number => {
      let accepted = 0
      for (let i = 0; i < n; i++) {
        if (!limiter.admit(1000 * now + i, 'h', now).accept) continue
        accepted++
        limiter.done(1000 * now + i)
      }
      return accepted
    }
    expect(admit(0, 50)).toBe(20)
    expect(admit(500, 50)).toBe(5)
    expect(admit(10_000, 50)).toBe(20)
  })

  it('remembers a bounded number of hosts', () => {
    const limiter = new InboundLimiter(limits)
    for (let i = 0; i < 100; i++) {
      limiter.admit(i, `host ${i}`, 0)
      limiter.done(i)
    }
    expect(limiter.pendingCount).toBe(0)
    expect((limiter as unknown as { buckets: Map<string, unknown> }).buckets.size).toBe(3)
  })
})

describe('choosePruned', () => {
  const policy = { maxConnections: 4, lowWaterConnections: 2, pruneGraceMs: 1000 }
  const candidate = (id: string, over: Partial<PruneCandidate<string>> = {}): PruneCandidate<string> => ({
    ...{ id, value: 0, host: id, openedAt: 0, streams: 1, direction: 'outbound' as const, isProtected: false },
    ...over
  })

  it('closes nothing at the limit', () => {
    expect(
      choosePruned(
        ['a', 'b', 'c', 'd'].map(id => candidate(id)),
        policy,
        5000
      )
    ).toEqual([])
  })

  it('closes the least valuable, down to the low mark', () => {
    const all = [
      candidate('a', { value: 5 }),
      candidate('b', { value: 1 }),
      candidate('c', { value: 9 }),
      candidate('d', { value: 2 }),
      candidate('e', { value: 3 })
    ]
    expect(choosePruned(all, policy, 5000)).toEqual(['b', 'd', 'e'])
  })

  it('among equals closes idle ones, then inbound ones, then the newest', () => {
    const all = [
      candidate('busy'),
      candidate('idle', { streams: 0 }),
      candidate('inbound', { direction: 'inbound' }),
      candidate('new', { openedAt: 10 }),
      candidate('valued', { value: 1 })
    ]
    expect(choosePruned(all, policy, 5000)).toEqual(['idle', 'inbound', 'new'])
  })

  it('closes the newest of the host that has most, before it closes those of others', () => {
    const all = [
      candidate('alone', { streams: 0, openedAt: 5 }),
      ...[1, 2, 3].map(n => candidate(`crowd ${n}`, { host: 'crowd', openedAt: n })),
      candidate('pair 1', { host: 'pair', direction: 'inbound' }),
      candidate('pair 2', { host: 'pair', direction: 'inbound', openedAt: 1 }),
      candidate('valued', { host: 'crowd', value: 1, openedAt: 9 })
    ]
    expect(choosePruned(all, policy, 5000)).toEqual(['crowd 3', 'crowd 2', 'pair 2', 'crowd 1', 'alone'])
  })

  it('does not let one host hide behind its youth', () => {
    const old = Array.from({ length: 20 }, (_, i) => candidate(`old ${i}`))
    const young = Array.from({ length: 30 }, (_, i) => candidate(`young ${i}`, { host: 'bad', openedAt: 4900 + i }))
    const pruned = choosePruned([...old, ...young], { ...policy, maxConnections: 40, lowWaterConnections: 30 }, 5000)
    expect(pruned).toEqual(Array.from({ length: 20 }, (_, i) => `young ${29 - i}`))
  })

  it('spares the protected always and the young as long as it can', () => {
    const young = { openedAt: 4500 }
    const all = [
      candidate('kept', { isProtected: true }),
      ...['a', 'b', 'c', 'd', 'e'].map(id => candidate(id, young)),
      candidate('settled')
    ]
    expect(choosePruned(all, policy, 5000)).toEqual(['settled', 'a', 'b'])
  })
})

describe('describeAttempts', () => {
  it('prints the tree: address, outcome, how far, how long, why', () => {
    const address = multiaddr('/dns4/example.org/tcp/1')
    const child = multiaddr('/ip4/1.1.1.1/tcp/1')
    const error = new Error('refused', { cause: new Error('ECONNREFUSED') })
    const text = describeAttempts([
      {
        ...{ address, outcome: 'connected', step: 'done', steps: [], durationMs: 3 },
        children: [
          {
            address: child,
            outcome: 'failed',
            step: 'transport',
            steps: [{ step: 'transport', name: 'TCP', atMs: 0 }],
            durationMs: 5.4,
            error
          }
        ]
      }
    ])
    expect(text).toBe(
      '  /dns4/example.org/tcp/1: connected after 3 ms\n    /ip4/1.1.1.1/tcp/1: failed at transport TCP after 5 ms: refused: ECONNREFUSED'
    )
  })
})

import { identity } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cookies } from '../src/cookie.ts'
import { DiscoverPage } from '../src/discover-page.ts'
import { MAX_DISCOVER_LIMIT, MAX_RESPONSE_BYTES } from '../src/limits.ts'
import { encodeDiscoverAnswer, STATUS } from '../src/messages.ts'
import { Registry, type RegistryLimits } from '../src/registry.ts'

const LIMITS: RegistryLimits = {
  ...{ maxRegistrations: 6, maxRegistrationsPerPeer: 2, maxRegistrationsPerNamespace: 3 },
  ...{ minTtlSeconds: 10, maxTtlSeconds: 100, maxNamespaceBytes: 8 }
}
const peers = Array.from({ length: 5 }, (_, i) => identity(i).peerId)
const [a, b, c, d] = peers as [(typeof peers)[0], (typeof peers)[0], (typeof peers)[0], (typeof peers)[0]]
const RECORD = Uint8Array.of(1)
const NOW = 1000

function registry(): Registry & { join(peer: typeof a, ns: string, ttl?: number, now?: number): number } {
  const registry = new Registry(LIMITS)
  return Object.assign(registry, {
    join(peer: typeof a, ns: string, ttl = 10, now = NOW): number {
      const status = registry.check(peer, ns, ttl)
      if (status === STATUS.OK) registry.add(registry.make(peer, ns, RECORD, ttl, now))
      return status
    }
  })
}

const list = (r: Registry, ns: string, position = 0, now = NOW): string[] =>
  [...r.after(ns, position, now)].map(({ peer, ns }) => `${peers.indexOf(peer as typeof a)} ${ns}`)

describe('the registry', () => {
  it.each([
    ['', 10, STATUS.E_INVALID_NAMESPACE],
    ['123456789', 10, STATUS.E_INVALID_NAMESPACE],
    ['ééééé', 10, STATUS.E_INVALID_NAMESPACE],
    ['x', 9, STATUS.E_INVALID_TTL],
    ['x', 101, STATUS.E_INVALID_TTL],
    ['x', Number.NaN, STATUS.E_INVALID_TTL],
    ['x', 2 ** 64, STATUS.E_INVALID_TTL],
    ['éééé', 10, STATUS.OK],
    ['12345678', 100, STATUS.OK]
  ])('of the namespace %j for %d seconds says %d', (ns, ttl, status) => {
    expect(registry().join(a, ns, ttl)).toBe(status)
  })

  it('lists a namespace, or all, in the order of registration; what is renewed is new', () => {
    const r = registry()
    for (const [peer, ns] of [
      [a, 'x'],
      [b, 'y'],
      [c, 'x'],
      [a, 'x']
    ] as const)
      r.join(peer, ns)
    expect(list(r, 'x')).toEqual(['2 x', '0 x'])
    expect(list(r, '')).toEqual(['1 y', '2 x', '0 x'])
    expect(list(r, 'z')).toEqual([])
    expect(r.size).toBe(3)
  })

  it('begins behind a position', () => {
    const r = registry()
    r.join(a, 'x')
    const { end } = r
    r.join(b, 'x')
    expect(list(r, 'x', end)).toEqual(['1 x'])
    expect(list(r, 'x', r.end)).toEqual([])
  })

  it('lets nobody be in too many namespaces, and gives room back', () => {
    const r = registry()
    expect([r.join(a, 'x'), r.join(a, 'y'), r.join(a, 'z')]).toEqual([STATUS.OK, STATUS.OK, STATUS.E_NOT_AUTHORIZED])
    expect(r.join(a, 'x')).toBe(STATUS.OK)
    r.remove(a, 'y')
    r.remove(a, 'y')
    expect(r.join(a, 'z')).toBe(STATUS.OK)
  })

  it('lets no namespace be too full, and all together neither', () => {
    const r = registry()
    expect([a, b, c, d].map(peer => r.join(peer, 'x'))).toEqual([0, 0, 0, STATUS.E_UNAVAILABLE])
    expect([a, b, c, d].map(peer => r.join(peer, 'y'))).toEqual([0, 0, 0, STATUS.E_UNAVAILABLE])
    expect(r.join(d, 'z')).toBe(STATUS.E_UNAVAILABLE)
    expect(r.join(a, 'x')).toBe(STATUS.OK)
    expect(r.size).toBe(6)
  })

  it('gives out nothing that has expired, swept or not', () => {
    const r = registry()
    r.join(a, 'x', 10)
    r.join(b, 'x', 20)
    const end = NOW + 10_000
    expect(list(r, 'x', 0, end - 1)).toEqual(['0 x', '1 x'])
    expect(list(r, 'x', 0, end)).toEqual(['1 x'])
    expect(r.expire(end).map(({ peer }) => peer)).toEqual([a])
    expect([r.size, r.expire(end).length]).toEqual([1, 0])
  })

  it('positions grow, however the clock jumps', () => {
    const r = registry()
    const positions = [1000, 1000, 500, 2000, 1].map(now => r.make(a, 'x', RECORD, 10, now).position)
    expect(positions).toEqual([...positions].sort((x, y) => x - y))
    expect(new Set(positions).size).toBe(5)
    expect(positions[0]).toBe(1000)
  })

  it('holds what a simple list holds', () => {
    const step = fc.record({
      peer: fc.nat({ max: 4 }),
      ns: fc.constantFrom('x', 'y', 'z'),
      what: fc.constantFrom('join', 'leave', 'sweep'),
      ttl: fc.integer({ min: 10, max: 100 })
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const r = registry()
        let model: { peer: number; ns: string; end: number }[] = []
        for (const [i, { peer, ns, what, ttl }] of steps.entries()) {
          const now = i * 10_000
          const others = model.filter(entry => entry.peer !== peer || entry.ns !== ns)
          if (what === 'leave') r.remove(peers[peer] as typeof a, ns)
          if (what === 'sweep') r.expire(now)
          const joined = what === 'join' && r.join(peers[peer] as typeof a, ns, ttl, now) === STATUS.OK
          if (what === 'leave') model = others
          if (what === 'sweep') model = model.filter(({ end }) => end > now)
          if (joined) model = [...others, { peer, ns, end: now + ttl * 1000 }]
          const alive = model.filter(({ end }) => end > now)
          expect(list(r, '', 0, now)).toEqual(alive.map(({ peer, ns }) => `${peer} ${ns}`))
          expect(list(r, 'x', 0, now)).toEqual(alive.flatMap(({ peer, ns }) => (ns === 'x' ? [`${peer} x`] : [])))
          expect(r.size).toBe(model.length)
          expect(r.size).toBeLessThanOrEqual(LIMITS.maxRegistrations)
        }
      })
    )
  })
})

describe('cookies', () => {
  const cookies = new Cookies(identity(1).privateKey)

  it('come back as they were given out, also to a server that started again', () => {
    fc.assert(
      fc.property(fc.string(), fc.maxSafeNat(), (ns, position) => {
        const cookie = cookies.bake(ns, position)
        expect(new Cookies(identity(1).privateKey).open(ns, cookie)).toBe(position)
      })
    )
  })

  it('are eight bytes and text, as rust-libp2p takes them apart', () => {
    fc.assert(
      fc.property(fc.string(), fc.maxSafeNat(), (ns, position) => {
        const text = cookies.bake(ns, position).subarray(8)
        expect(new TextDecoder('utf-8', { fatal: true }).decode(text)).toMatch(/^[0-9a-f]{32}$/)
      })
    )
  })

  it('no cookie means from the beginning', () => {
    expect(cookies.open('x', new Uint8Array(0))).toBe(0)
  })

  it('of another namespace or server, or changed in any byte, are refused', () => {
    const cookie = cookies.bake('x', 7)
    expect(cookies.open('y', cookie)).toBeUndefined()
    expect(new Cookies(identity(2).privateKey).open('x', cookie)).toBeUndefined()
    for (let i = 0; i < cookie.byteLength; i++) {
      expect(
        cookies.open(
          'x',
          cookie.map((byte, at) => (at === i ? byte ^ 1 : byte))
        )
      ).toBeUndefined()
      expect(cookies.open('x', cookie.subarray(0, i || 1))).toBeUndefined()
    }
    expect(cookies.open('x', new Uint8Array([...cookie, 0]))).toBeUndefined()
  })
})

describe('a page', () => {
  const registration = (size: number, position: number) => ({
    ...{ peer: a, ns: 'x', record: new Uint8Array(size), ttlSeconds: 10, expiresAt: NOW + 1500 },
    position
  })

  it.each([
    [2, 2],
    [0, MAX_DISCOVER_LIMIT],
    [10_000, MAX_DISCOVER_LIMIT]
  ])('for a limit of %d has %d', (limit, expected) => {
    const page = new DiscoverPage(limit, NOW)
    let added = 0
    while (page.add(registration(1, added + 1))) added++
    expect([added, page.lastPosition, page.isFull]).toEqual([expected, expected, true])
    expect(page.registrations[0]?.ttlSeconds).toBe(2)
  })

  it('is never larger than other implementations read', () => {
    const page = new DiscoverPage(0, NOW)
    for (let i = 1; page.add(registration(4096, i)); i++);
    const bytes = encodeDiscoverAnswer({
      ...{ status: 0, text: '', registrations: page.registrations },
      cookie: new Uint8Array(24)
    })
    expect(bytes.byteLength).toBeLessThanOrEqual(MAX_RESPONSE_BYTES)
    expect(bytes.byteLength).toBeGreaterThan(MAX_RESPONSE_BYTES - 16_384)
  })
})

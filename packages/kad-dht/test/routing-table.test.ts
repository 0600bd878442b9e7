import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Contact } from '../src/contact.ts'
import { commonPrefixLength, compareDistance, keyOf } from '../src/key.ts'
import { MAX_FAILURES, PENDING_MS, STALE_AFTER_MS } from '../src/limits.ts'
import { RoutingTable } from '../src/table/routing-table.ts'
import { names, peer, peers } from './peers.ts'

const self = peer('self')
const T = 1_000_000

function tableOf(contacts: readonly Contact[], k = 20): RoutingTable {
  const table = new RoutingTable({ self: self.key, k })
  for (const contact of contacts) add(table, contact)
  return table
}

function add(table: RoutingTable, contact: Contact, now = T, groups: string[] = [], isConnected = false) {
  return table.add({ contact, groups, isConnected }, now)
}

/** Peers that all fall into the first bucket. */
const farPeers = peers(200).filter(({ key }) => commonPrefixLength(self.key, key) === 0)

const many = peers(300)

describe('the routing table', () => {
  it('never has us', () => {
    const table = tableOf([])
    expect(add(table, self)).toEqual({ verdict: 'self' })
    expect(table.size).toBe(0)
  })

  it('has k peers in each bucket', () => {
    const all = peers(2000)
    const table = tableOf(all)
    for (const { prefixLength, peers: entries } of table.view()) {
      expect(entries.length).toBeLessThanOrEqual(20)
      for (const { name } of entries) {
        const contact = all.find(other => other.name === name)!
        expect(commonPrefixLength(self.key, contact.key)).toBe(prefixLength)
      }
    }
    expect(table.countAt(0)).toBe(20)
    expect(table.size).toBe(table.view().reduce((sum, bucket) => sum + bucket.peers.length, 0))
  })

  it('knows behind which bucket a lookup of itself finds everybody', () => {
    const table = tableOf(peers(300))
    const behind = (index: number) => table.view().filter(({ prefixLength }) => prefixLength >= index)
    const countOf = (index: number) => behind(index).reduce((sum, bucket) => sum + bucket.peers.length, 0)
    expect(countOf(table.lastCrowded)).toBeGreaterThanOrEqual(20)
    expect(countOf(table.lastCrowded + 1)).toBeLessThan(20)
    expect(tableOf(peers(10)).lastCrowded).toBe(0)
  })

  it('finds the nearest of those it has, in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 30 }),
        fc.string(),
        (size, count, target) => {
          const table = tableOf(many.slice(0, size))
          const key = keyOf(new TextEncoder().encode(target))
          const all = [...table.all()].map(({ contact }) => contact)
          const sorted = all.sort((a, b) => compareDistance(key, a.key, b.key)).slice(0, count)
          expect(names(table.closest(key, count))).toEqual(names(sorted))
        }
      ),
      { numRuns: 60 }
    )
  })

  it('finds the nearest to itself, where the last bucket is', () => {
    const table = tableOf(peers(100))
    const all = [...table.all()].map(({ contact }) => contact)
    const sorted = all.sort((a, b) => compareDistance(self.key, a.key, b.key)).slice(0, 20)
    expect(names(table.closest(self.key, 20))).toEqual(names(sorted))
  })
})

describe('a full bucket', () => {
  const [a, b, newcomer, other] = farPeers as [Contact, Contact, Contact, Contact]
  const full = () => tableOf([a, b], 2)

  it('keeps peers that are alive', () => {
    const table = full()
    expect(add(table, newcomer)).toEqual({ verdict: 'full' })
    expect(table.get(newcomer)).toBeUndefined()
  })

  it('has the one longest quiet asked, and keeps it when it answers', () => {
    const table = full()
    table.answered(b, T + 1)
    const later = T + STALE_AFTER_MS
    expect(add(table, newcomer, later)).toEqual({ verdict: 'pending', check: a })
    expect(add(table, other, later)).toEqual({ verdict: 'full' })
    table.answered(a, later)
    table.failed(a, later - 1)
    expect(table.get(newcomer)).toBeUndefined()
  })

  it('gives its place to the newcomer when it does not', () => {
    const table = full()
    const later = T + STALE_AFTER_MS
    table.answered(b, later)
    add(table, newcomer, later)
    table.failed(a, later)
    expect(table.get(a)).toBeUndefined()
    expect(table.get(newcomer)).toBeDefined()
    expect(table.size).toBe(2)
  })

  it('asks again when the first one who waited did so in vain', () => {
    const table = full()
    const later = T + STALE_AFTER_MS
    add(table, newcomer, later)
    expect(add(table, other, later + PENDING_MS).verdict).toBe('pending')
  })

  it('gives the place of one that failed at once', () => {
    const table = full()
    table.answered(b, T + 1)
    table.failed(a, T)
    expect(add(table, newcomer)).toEqual({ verdict: 'added' })
    expect(table.get(a)).toBeUndefined()
  })

  it('prefers connected peers', () => {
    const table = tableOf([], 2)
    add(table, a, T, [], true)
    add(table, b, T + 1)
    expect(add(table, newcomer, T + 1 + STALE_AFTER_MS)).toEqual({ verdict: 'pending', check: b })
    table.disconnected(a)
    expect(table.get(a)?.isConnected).toBe(false)
  })
})

describe('a peer that leaves requests unanswered', () => {
  const [a, b] = peers(2) as [Contact, Contact]

  it('is told to others no more, and loses its place with the second', () => {
    const table = tableOf([a, b])
    table.answered(b, T + 1)
    table.failed(a, T)
    expect(names(table.closest(a.key, 2))).toEqual([b.name])
    for (let i = 1; i < MAX_FAILURES; i++) table.failed(a, T)
    expect(table.get(a)).toBeUndefined()
  })

  it('is forgiven when it answers', () => {
    const table = tableOf([a, b])
    table.answered(b, T + 1)
    table.failed(a, T)
    table.answered(a, T + 2)
    table.failed(a, T + 1)
    expect(table.get(a)).toBeDefined()
  })

  it('is not to blame while nobody answers: it may be us who are offline', () => {
    const table = tableOf([a, b])
    for (let i = 0; i < 10; i++) table.failed(a, T + 1)
    expect(table.get(a)?.failures).toBe(0)
  })
})

describe('peers of one network', () => {
  it('get two places in a bucket and three in the table', () => {
    const table = tableOf([])
    const verdicts = farPeers.slice(0, 4).map(contact => add(table, contact, T, ['1.2']).verdict)
    expect(verdicts).toEqual(['added', 'added', 'crowded', 'crowded'])
    const nearer = peers(200).filter(({ key }) => commonPrefixLength(self.key, key) > 0)
    expect(nearer.map(contact => add(table, contact, T, ['1.2']).verdict).filter(v => v === 'added')).toHaveLength(1)
    expect(add(table, farPeers[5]!, T, ['1.3']).verdict).toBe('added')
  })

  it('give their place back', () => {
    const table = tableOf([])
    const [a, b, c] = farPeers as [Contact, Contact, Contact]
    for (const contact of [a, b]) add(table, contact, T, ['1.2'])
    table.remove(a)
    expect(add(table, c, T, ['1.2']).verdict).toBe('added')
  })
})

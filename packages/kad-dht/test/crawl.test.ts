import { describe, expect, it } from 'vitest'
import type { Contact } from '../src/contact.ts'
import { Crawl, type CrawledPeer } from '../src/crawl/crawl.ts'
import { keyOf } from '../src/key.ts'
import { nameInBucket } from '../src/prefix-keys.ts'
import { RoutingTable } from '../src/table/routing-table.ts'
import { names, peers } from './peers.ts'

/** Peers with tables of k per bucket, as far as they are met in this order. */
function networkOf(all: readonly Contact[], k: number): Map<string, RoutingTable> {
  return new Map(
    all.map(({ name, key }) => {
      const table = new RoutingTable({ self: key, k })
      for (const contact of all) table.add({ contact, groups: [], isConnected: false }, 0)
      return [name, table]
    })
  )
}

describe('a crawl', () => {
  it('finds everybody, and every table as it is', () => {
    const all = peers(150)
    const tables = networkOf(all, 8)
    const crawl = new Crawl([all[0]!])
    const crawled: CrawledPeer[] = []
    for (let step = crawl.next(); step !== undefined; step = crawl.next()) {
      const { peer, prefixLength } = step
      const target = keyOf(nameInBucket(peer.key, prefixLength, 0))
      const done = crawl.answered(step, tables.get(peer.name)!.closest(target, 8))
      if (done !== undefined) crawled.push(done)
    }
    expect(names(crawled.map(({ peer }) => peer)).sort()).toEqual(names(all).sort())
    for (const { peer, neighbours } of crawled) {
      const table = [...tables.get(peer.name)!.all()].map(({ contact }) => contact.name)
      expect([...neighbours.keys()].sort()).toEqual(table.sort())
    }
  })

  it('goes on when some do not answer', () => {
    const [a, b, c] = peers(3) as [Contact, Contact, Contact]
    const crawl = new Crawl([a])
    const first = crawl.next()!
    expect(crawl.answered(first, [a, b, c])).toBeUndefined()
    const failures: string[] = []
    for (let step = crawl.next(); step !== undefined; step = crawl.next()) {
      failures.push(crawl.failed(step, new Error('gone')).peer.name)
    }
    expect(failures.sort()).toEqual(names([a, b, c]).sort())
    expect(crawl.size).toBe(3)
  })
})

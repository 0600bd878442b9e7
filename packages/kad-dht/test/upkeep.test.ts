import { fromUtf8 } from '@ts-libp2p/bytes'
import { MemoryDatastore } from 'datastore-core'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import type { KadDHTOptions } from '../src/index.ts'
import { collect, dhtOf, type SimDht, type SimHost, simulatedDht } from './world.ts'

async function cidOf(name: string): Promise<CID> {
  return CID.createV1(raw.code, await sha256.digest(fromUtf8(name)))
}

/** Values are numbers, and the greatest is the best. `until` makes them expire. */
function numbers(until = Number.POSITIVE_INFINITY, now: () => number = () => 0): Pick<KadDHTOptions, 'validators'> {
  const read = (value: Uint8Array): number => Number(new TextDecoder().decode(value))
  return {
    validators: {
      n: {
        validate: (_, value) => {
          if (Number.isNaN(read(value)) || now() >= until) throw new Error('not a number, or too old')
        },
        select: (_, values) => values.map(read).indexOf(Math.max(...values.map(read)))
      }
    }
  }
}

async function providers(net: SimDht, host: SimHost, cid: CID): Promise<string[]> {
  const events = await net.run(collect(dhtOf(host.node).findProviders(cid)))
  return events.flatMap(event => (event.name === 'PROVIDER' ? event.providers.map(({ id }) => id.toString()) : []))
}

const key = fromUtf8('/n/key')

/** As on the public network, with seconds for minutes. */
const INTERVAL_MS = 22 * 60_000
const VALIDITY_MS = 48 * 60_000
const reprovide = { interval: INTERVAL_MS, validity: VALIDITY_MS }

describe('what we provide', () => {
  it('is announced again every 22 hours, until it is cancelled, and then expires', async () => {
    const net = await simulatedDht(8, { kBucketSize: 3, reprovide })
    const [provider, , , , stranger] = net.hosts as [SimHost, SimHost, SimHost, SimHost, SimHost]
    const cid = await cidOf('content')
    await net.run(collect(dhtOf(provider.node).provide(cid)))
    await net.world.run({ ms: VALIDITY_MS + 1000 })
    expect(await providers(net, stranger, cid)).toContain(provider.peerId.toString())

    await dhtOf(provider.node).cancelReprovide(cid)
    await net.world.run({ ms: VALIDITY_MS + 1000 })
    expect(await providers(net, stranger, cid)).toEqual([])
  })

  it('is announced as soon as somebody is there, if nobody was at first', async () => {
    const net = await simulatedDht(4, { kBucketSize: 3, reprovide })
    const host = await net.alone()
    const cid = await cidOf('content')
    const providing = net.run(collect(dhtOf(host.node).provide(cid)))
    await expect(providing).rejects.toMatchObject({ name: 'KadError', code: 'no-peers' })
    await net.run(host.node!.dial(net.hosts[0]!.address))
    await net.world.run({ ms: INTERVAL_MS / 50 })
    expect(await providers(net, net.hosts[1]!, cid)).toEqual([host.peerId.toString()])
  })

  it('is announced together where there is much of it: each peer is told of all its keys at once', async () => {
    const net = await simulatedDht(10, { kBucketSize: 4, reprovide })
    const [provider, stranger] = net.hosts as [SimHost, SimHost]
    const cids = await Promise.all(Array.from({ length: 40 }, (_, i) => cidOf(`content ${i}`)))
    for (const cid of cids) await net.run(collect(dhtOf(provider.node).provide(cid)))
    expect(dhtOf(provider.node).networkSize).toBeGreaterThan(2)

    await net.world.run({ ms: INTERVAL_MS - 10_000 })
    const before = net.world.stats.bytes
    await net.world.run({ ms: 20_000 })
    // 40 lookups with four peers told each would be some 40 · (4 + 4) messages with 4 closer peers of 80 bytes.
    expect(net.world.stats.bytes - before).toBeLessThan(60_000)
    await net.world.run({ ms: VALIDITY_MS - INTERVAL_MS })
    for (const cid of cids) expect(await providers(net, stranger, cid)).toContain(provider.peerId.toString())
  })
})

describe('values', () => {
  it('are put again every 22 hours', async () => {
    const net = await simulatedDht(8, { kBucketSize: 3, ...numbers(), reprovide })
    const [author, reader] = net.hosts as [SimHost, SimHost]
    await net.run(collect(dhtOf(author.node).put(key, fromUtf8('7'))))
    await net.world.run({ ms: VALIDITY_MS + 1000 })
    expect(await net.run(reader.node!.contentRouting.get(key))).toEqual(fromUtf8('7'))
  })

  it('are forgotten once they are not valid any more', async () => {
    let now = 0
    const net = await simulatedDht(6, { kBucketSize: 3, ...numbers(10, () => now), reprovide })
    const [author, reader] = net.hosts as [SimHost, SimHost]
    await net.run(collect(dhtOf(author.node).put(key, fromUtf8('7'))))
    now = 10
    await net.world.run({ ms: VALIDITY_MS + 1000 })
    await expect(net.run(reader.node!.contentRouting.get(key))).rejects.toThrow()
  })

  it('are corrected at the nearest peers that have a worse one', async () => {
    const net = await simulatedDht(6, { kBucketSize: 6, ...numbers(), reprovide })
    const [author, rival, reader] = net.hosts as [SimHost, SimHost, SimHost]
    await net.run(collect(dhtOf(author.node).put(key, fromUtf8('1'))))
    const heal = net.world.partition([author, rival])
    await net.run(collect(dhtOf(rival.node).put(key, fromUtf8('2'))))
    heal()
    const events = await net.run(collect(dhtOf(reader.node).get(key)))
    expect(events.findLast(event => event.name === 'VALUE')?.value).toEqual(fromUtf8('2'))
    await net.world.run({ ms: 60_000 })
    const again = await net.run(collect(dhtOf(reader.node).get(key)))
    const records = again.flatMap(event => (event.name === 'PEER_RESPONSE' ? (event.record ?? []) : []))
    expect(records).toHaveLength(5)
    for (const { value } of records) expect(value).toEqual(fromUtf8('2'))
  })

  it('end with the quorum, or fail for want of it', async () => {
    const net = await simulatedDht(6, { kBucketSize: 6, ...numbers(), reprovide })
    const [author, reader] = net.hosts as [SimHost, SimHost]
    await net.run(collect(dhtOf(author.node).put(key, fromUtf8('1'))))
    const events = await net.run(collect(dhtOf(reader.node).get(key, { quorum: 2 })))
    expect(events.filter(event => event.name === 'PEER_RESPONSE').length).toBeLessThanOrEqual(3)
    await expect(net.run(collect(dhtOf(reader.node).get(key, { quorum: 50 })))).rejects.toMatchObject({
      code: 'quorum'
    })
  })

  it.each([
    ['invalid-record', 'x', '/n/key'],
    ['invalid-record', '1', '/unknown/key'],
    ['too-large', '1'.repeat(70_000), '/n/key']
  ])('are not put: %s', async (code, value, at) => {
    const net = await simulatedDht(2, numbers())
    const putting = collect(dhtOf(net.hosts[0]!.node).put(fromUtf8(at), fromUtf8(value)))
    await expect(net.run(putting)).rejects.toMatchObject({ name: 'KadError', code })
  })

  it('are not put over better ones', async () => {
    const net = await simulatedDht(2, numbers())
    const dht = dhtOf(net.hosts[0]!.node)
    await net.run(collect(dht.put(key, fromUtf8('2'))))
    await expect(net.run(collect(dht.put(key, fromUtf8('1'))))).rejects.toMatchObject({ code: 'outdated' })
  })
})

describe('a datastore', () => {
  it('keeps records of others, and what we provide and put, over a restart', async () => {
    const net = await simulatedDht(3, { kBucketSize: 3, ...numbers(), reprovide })
    const datastore = new MemoryDatastore()
    const host = await net.join({ datastore, reprovide })
    await net.world.run({ ms: 10_000 })
    const cid = await cidOf('theirs')
    const own = await cidOf('ours')
    await net.run(collect(dhtOf(net.hosts[0]!.node).provide(cid)))
    await net.run(collect(dhtOf(host.node).provide(own)))
    await net.run(collect(dhtOf(host.node).put(key, fromUtf8('5'))))
    await net.run(host.stop())
    await net.run(host.restart())
    const events = await net.run(collect(dhtOf(host.node).findProviders(cid, { useNetwork: false })))
    const found = events.flatMap(event => (event.name === 'PROVIDER' ? event.providers : []))
    expect(found.map(({ id }) => id.toString())).toEqual([net.hosts[0]!.peerId.toString()])
    await net.run(host.node!.dial(net.hosts[0]!.address))
    await net.world.run({ ms: VALIDITY_MS + 1000 })
    expect(await providers(net, net.hosts[1]!, own)).toContain(host.peerId.toString())
    expect(await net.run(net.hosts[1]!.node!.contentRouting.get(key))).toEqual(fromUtf8('5'))
  })

  it('that fails costs nothing but what it should have kept', async () => {
    const datastore = new MemoryDatastore()
    datastore.batch = () => {
      throw new Error('no space left on device')
    }
    datastore.query = () => {
      throw new Error('input/output error')
    }
    const net = await simulatedDht(3, { kBucketSize: 3 })
    const host = await net.join({ datastore, reprovide })
    await net.world.run({ ms: 10_000 })
    const cid = await cidOf('content')
    await net.run(collect(dhtOf(host.node).provide(cid)))
    await net.world.run({ ms: 120_000 })
    expect(await providers(net, net.hosts[1]!, cid)).toContain(host.peerId.toString())
    await net.run(host.stop())
  })
})

import { multiaddr } from '@ts-libp2p/multiaddr'
import { identity } from '@ts-libp2p/testing'
import dns from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MAX_ADDRESSES_PER_PEER,
  MAX_PEERS,
  MAX_PEERS_PER_SOURCE,
  MAX_RECORDS_PER_PACKET,
  type MdnsOptions,
  mdns
} from '../src/index.ts'
import { decodePacket } from '../src/packet.ts'
import { PeerCache } from '../src/peer-cache.ts'
import { described, Lan } from './lan.ts'

const SERVICE = '_p2p._udp.local'
const MINUTE = 60_000
const malformed = expect.objectContaining({ name: 'MdnsError', code: 'malformed' })

/** A response that tells of an instance with these TXT strings. */
function response(name: string, texts: readonly (string | Buffer)[], ttl = 120): Uint8Array {
  const instance = `${name}.${SERVICE}`
  const answers = [
    { name: SERVICE, type: 'PTR', class: 'IN', ttl, data: instance },
    { name: instance, type: 'TXT', class: 'IN', ttl, data: [...texts] as string[] }
  ] as const
  return new Uint8Array(dns.encode({ type: 'response', answers: [...answers] }))
}

const ids = new Map<number | string, ReturnType<typeof identity>['peerId']>()
const peerOf = (seed: number | string) => {
  const id = ids.get(seed) ?? identity(seed).peerId
  ids.set(seed, id)
  return id
}
const told = (seed: number | string, address = '/ip4/10.0.0.77/tcp/1'): string =>
  `dnsaddr=${address}/p2p/${peerOf(seed)}`

describe('answers that are poisoned', () => {
  it.each<[string, readonly (string | Buffer)[]]>([
    ['two peers under one name', [told('x'), told('y')]],
    ['a peer id that is none', ['dnsaddr=/ip4/10.0.0.77/tcp/1/p2p/QmNonsense']],
    ['an address without a peer', ['dnsaddr=/ip4/10.0.0.77/tcp/1']],
    ['an address that is none', ['dnsaddr=nonsense']],
    ['something else', ['path=/', 'dnslink=/ipfs/x']],
    ['bytes that are no text', [Buffer.from([0x64, 0xff, 0xfe])]],
    ['nothing', []],
    ['a loopback address of another machine', [told('x', '/ip4/127.0.0.1/tcp/1')]],
    ['an address on the internet of another machine', [told('x', '/ip4/52.1.2.3/tcp/1')]],
    ['a multicast address', [told('x', '/ip4/239.1.2.3/udp/1/quic-v1')]],
    ['the broadcast address', [told('x', '/ip4/255.255.255.255/tcp/1')]],
    ['no address', [told('x', '/ip4/0.0.0.0/tcp/1')]],
    ['no port', [told('x', '/ip4/10.0.0.77/tcp/0')]],
    ['a link-local address, which needs a zone', [told('x', '/ip6/fe80::1/tcp/1')]],
    ['a DNS name, which would tell its owner that we are here', [told('x', '/dns4/evil.example/tcp/1')]],
    ['a relay', [told('x', `/ip4/10.0.0.77/tcp/1/p2p/${peerOf('y')}/p2p-circuit`)]]
  ])('%s: nobody is told of it', async (_, texts) => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    lan.inject(response('evil', texts))
    expect(a.found).toEqual([])
  })

  it('of an address on the internet the machine itself is believed', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    lan.inject(response('good', [told('x', '/ip4/52.1.2.3/tcp/1')]), '52.1.2.3')
    expect(a.found).toHaveLength(1)
  })

  it('good addresses are taken, bad ones beside them left out', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    lan.inject(response('mixed', ['x=y', told('x', '/ip4/127.0.0.1/tcp/1'), told('x'), 'dnsaddr=nonsense']))
    expect(a.found).toEqual([`${peerOf('x')} /ip4/10.0.0.77/tcp/1/p2p/${peerOf('x')}`])
  })

  it('who claims to be us is not told of', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    lan.inject(response('evil', [`dnsaddr=/ip4/10.0.0.77/tcp/1/p2p/${a.peerId}`]))
    expect(a.found).toEqual([])
  })

  it('more addresses than a peer may have', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    for (let round = 0; round < 5; round++) {
      lan.inject(
        response(
          'evil',
          Array.from({ length: 60 }, (_, i) => told('x', `/ip4/10.${round}.0.${i}/tcp/1`))
        )
      )
    }
    const { multiaddrs } = await a.service.findPeer(peerOf('x'), { useNetwork: false })
    expect(multiaddrs).toHaveLength(MAX_ADDRESSES_PER_PEER)
  })

  it('a flood of peers from one machine: the others stay, and are still found', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(2000)
    for (let i = 0; i < 500; i++) lan.inject(response(`evil${i}`, [told(i)], i % 2 === 0 ? 3600 : 1))
    expect(a.found.length).toBeLessThanOrEqual(MAX_PEERS_PER_SOURCE + 1)
    expect((await a.service.findPeer(b.peerId, { useNetwork: false })).id).toBe(b.peerId)
    const c = lan.node('c')
    await lan.clock.advance(1500)
    expect(a.found).toContain(described(c))
  })

  it('peers that come and go: their places are kept', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    for (let i = 0; i < 300; i++) {
      lan.inject(response(`evil${i}`, [told(i)]))
      lan.inject(response(`evil${i}`, [told(i)], 0))
    }
    expect(a.found).toHaveLength(MAX_PEERS_PER_SOURCE)
    await lan.clock.advance(2 * MINUTE)
    lan.inject(response('honest', [told('honest')]))
    expect(a.found).toHaveLength(MAX_PEERS_PER_SOURCE + 1)
  })

  it('a flood from many machines: as many peers as there is room for', () => {
    const cache = new PeerCache()
    const addresses = [multiaddr('/ip4/10.0.0.77/tcp/1')]
    for (let i = 0; i < MAX_PEERS + 50; i++) {
      cache.note({ id: peerOf(i), addresses, ttlSeconds: 100 }, `10.0.${i >> 8}.${i & 255}`, i)
    }
    expect(cache.size).toBe(MAX_PEERS)
    cache.expire(10_000_000)
    expect(cache.size).toBe(0)
  })
})

describe('loops and storms', () => {
  it('our own question sent back, from anywhere, is not answered', async () => {
    const lan = new Lan()
    lan.node('a')
    const questions: Uint8Array[] = []
    const { inject } = lan
    lan.inject = (bytes, ip) => {
      if (!decodePacket(bytes).isResponse) questions.push(bytes)
      inject.call(lan, bytes, ip)
    }
    await lan.clock.advance(5000)
    const since = lan.now
    for (const bytes of [...questions]) lan.inject(bytes, '10.0.0.200')
    await lan.clock.advance(1000)
    expect(questions.length).toBeGreaterThan(2)
    expect(lan.count(({ isResponse }) => isResponse, since)).toBe(0)
  })

  it('our own answers sent back are not news', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    const { inject } = lan
    lan.inject = (bytes, ip) => {
      inject.call(lan, bytes, ip)
      inject.call(lan, bytes, '10.0.0.200')
    }
    await lan.clock.advance(5 * MINUTE)
    expect(a.found).toEqual([])
  })

  it('a network that sends everything back many times does not make us louder', async () => {
    const lan = new Lan()
    const nodes = [lan.node('a'), lan.node('b')]
    const { inject } = lan
    lan.inject = (bytes, ip) => {
      for (let i = 0; i < 10; i++) inject.call(lan, bytes, ip)
    }
    await lan.clock.advance(30 * MINUTE)
    expect(lan.packets.length).toBeLessThan(30 * 3 * nodes.length + 60)
  })

  it('a storm of questions is answered once a second', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(5000)
    const since = lan.now
    for (let i = 0; i < 1000; i++) {
      lan.inject(new Uint8Array(dns.encode({ type: 'query', id: i, questions: [{ name: SERVICE, type: 'PTR' }] })))
      await lan.clock.advance(10)
    }
    expect(lan.count(({ isResponse }, from) => isResponse && from === a.ip, since)).toBeLessThanOrEqual(11)
  })

  it('somebody who asks all the time does not keep us from asking', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    for (let i = 0; i < 200; i++) {
      const answers = [{ name: SERVICE, type: 'PTR', class: 'IN', ttl: 120, data: `x.${SERVICE}` }] as const
      const questions = [{ name: SERVICE, type: 'PTR' }] as const
      lan.inject(new Uint8Array(dns.encode({ type: 'query', questions: [...questions], answers: [...answers] })))
      await lan.clock.advance(1000)
    }
    expect(lan.count(({ isResponse }, from) => !isResponse && from === a.ip, 100_000)).toBeGreaterThan(0)
  })
})

describe('what is not a packet', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['half a header', new Uint8Array(11)],
    ['more than a packet holds', new Uint8Array(9001)],
    ['a header that claims 65,535 records of each kind', new Uint8Array(12).fill(0xff)],
    [
      'a name that points to itself',
      Uint8Array.from([...new Uint8Array(5), 1, ...new Uint8Array(6), 0xc0, 12, 0, 12, 0, 1])
    ],
    ['a record that ends early', response('x', ['y']).subarray(0, 60)]
  ])('%s', (_, bytes) => {
    expect(() => decodePacket(bytes)).toThrow(malformed)
  })

  it('more records than are looked at', () => {
    const questions = Array.from({ length: MAX_RECORDS_PER_PACKET + 1 }, () => ({ name: 'x', type: 'PTR' }) as const)
    expect(() => decodePacket(new Uint8Array(dns.encode({ type: 'query', questions })))).toThrow(malformed)
  })

  it('whatever the bytes are, they are read or refused, and cost no more than they should', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    const good = response('x', [told('x'), told('x', '/ip4/10.0.0.78/tcp/2')])
    const mutated = fc
      .array(fc.tuple(fc.nat({ max: good.byteLength - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 })
      .map(changes => {
        const bytes = new Uint8Array(good)
        for (const [at, value] of changes) bytes[at] = value
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), mutated), bytes => {
        lan.inject(bytes)
        try {
          decodePacket(bytes)
        } catch (err) {
          expect(err).toEqual(malformed)
        }
      }),
      { numRuns: 500 }
    )
    expect(a.found.length).toBeLessThanOrEqual(MAX_PEERS_PER_SOURCE * 20)
  })
})

describe('options', () => {
  it.each<MdnsOptions>([
    { fingerprint: '' },
    { fingerprint: 'xyz' },
    { fingerprint: 'a'.repeat(56) },
    { queryIntervalMs: 0 },
    { lookupTimeoutMs: Number.NaN },
    { recordWaitMs: -1 }
  ])('refused: %j', options => {
    expect(() => mdns(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})

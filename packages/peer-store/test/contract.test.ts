import { fromHex, toHex } from '@ts-libp2p/bytes'
import { privateKeyFromProtobuf } from '@ts-libp2p/crypto'
import type { Peer, PeerData, PeerUpdate } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { alice, bob, newStore, peer, ports, self, summary, tcp } from './peers.ts'
import rsa from './vectors/rsa-key.json' with { type: 'json' }

const byte = (value: number): Uint8Array => Uint8Array.of(value)
const misuse = expect.objectContaining({ name: 'InvalidParametersError' })
const unknown = expect.objectContaining({ name: 'NotFoundError', code: 'not-found' })

/** What every row starts from. */
const known: PeerData = {
  addresses: [
    { multiaddr: tcp(1), isCertified: true },
    { multiaddr: tcp(2), isCertified: false }
  ],
  protocols: ['/b', '/a'],
  metadata: { x: byte(1), y: byte(2) },
  tags: { t: { value: 10 }, u: { value: 20 } }
}

describe('save, patch and merge', () => {
  const all = {
    addresses: ['1!', '2'],
    protocols: ['/a', '/b'],
    metadata: { x: '01', y: '02' },
    tags: { t: 10, u: 20 }
  }
  const none = { addresses: [], protocols: [], metadata: {}, tags: {} }

  it.each<['save' | 'patch' | 'merge', string, PeerData, object]>([
    ['save', 'nothing', {}, none],
    ['patch', 'nothing', {}, all],
    ['merge', 'nothing', {}, all],
    ['save', 'addresses', { multiaddrs: [tcp(3)] }, { ...none, addresses: ['3'] }],
    ['patch', 'addresses', { multiaddrs: [tcp(3)] }, { ...all, addresses: ['1!', '3'] }],
    ['merge', 'addresses', { multiaddrs: [tcp(3)] }, { ...all, addresses: ['1!', '2', '3'] }],
    ['patch', 'no addresses', { multiaddrs: [] }, { ...all, addresses: ['1!'] }],
    ['merge', 'known addresses', { multiaddrs: [tcp(2), tcp(1)] }, all],
    ['patch', 'a certified address as hearsay', { multiaddrs: [tcp(1)] }, { ...all, addresses: ['1!'] }],
    [
      'patch',
      'certified addresses',
      { addresses: [{ multiaddr: tcp(4), isCertified: true }] },
      { ...all, addresses: ['4!'] }
    ],
    [
      'merge',
      'certified addresses',
      { addresses: [{ multiaddr: tcp(2), isCertified: true }] },
      { ...all, addresses: ['1!', '2!'] }
    ],
    [
      'save',
      'both kinds of address field',
      { addresses: [{ multiaddr: tcp(5), isCertified: true }], multiaddrs: [tcp(5), tcp(6), tcp(6)] },
      { ...none, addresses: ['5!', '6'] }
    ],
    ['save', 'protocols', { protocols: ['/c', '/c'] }, { ...none, protocols: ['/c'] }],
    ['patch', 'protocols', { protocols: ['/c'] }, { ...all, protocols: ['/c'] }],
    ['merge', 'protocols', { protocols: ['/c', '/a'] }, { ...all, protocols: ['/a', '/b', '/c'] }],
    ['patch', 'no protocols', { protocols: [] }, { ...all, protocols: [] }],
    ['save', 'metadata', { metadata: { z: byte(3) } }, { ...none, metadata: { z: '03' } }],
    ['patch', 'metadata', { metadata: { z: byte(3) } }, { ...all, metadata: { z: '03' } }],
    ['merge', 'metadata', { metadata: { z: byte(3) } }, { ...all, metadata: { x: '01', y: '02', z: '03' } }],
    ['merge', 'metadata as a Map', { metadata: new Map([['x', byte(9)]]) }, { ...all, metadata: { x: '09', y: '02' } }],
    [
      'patch',
      'null, which JavaScript callers mean as nothing',
      { addresses: null, multiaddrs: null, protocols: null, metadata: null, tags: null, publicKey: null } as never,
      all
    ],
    ['merge', 'undefined metadata', { metadata: { x: undefined } }, { ...all, metadata: { y: '02' } }],
    ['patch', 'undefined metadata', { metadata: { x: undefined, z: byte(3) } }, { ...all, metadata: { z: '03' } }],
    ['save', 'tags', { tags: { v: { value: 30 } } }, { ...none, tags: { v: 30 } }],
    ['patch', 'tags', { tags: { v: {} } }, { ...all, tags: { v: 0 } }],
    ['merge', 'tags', { tags: { v: { value: 100 } } }, { ...all, tags: { t: 10, u: 20, v: 100 } }],
    ['merge', 'tags as a Map', { tags: new Map([['t', { value: 1 }]]) }, { ...all, tags: { t: 1, u: 20 } }],
    ['merge', 'an undefined tag', { tags: { t: undefined } }, { ...all, tags: { u: 20 } }],
    ['patch', 'an undefined tag', { tags: { t: undefined } }, { ...all, tags: {} }]
  ])('%s %s', async (strategy, _, data, expected) => {
    const { store } = newStore()
    await store.save(alice, known)
    expect(summary(await store[strategy](alice, data))).toEqual(expected)
    expect(summary(await store.get(alice))).toEqual(expected)
    expect(summary(store.peek(alice))).toEqual(expected)
  })

  it.each(['save', 'patch', 'merge'] as const)('%s makes a peer that was not known', async strategy => {
    const { store } = newStore()
    expect(summary(await store[strategy](alice, known))).toEqual(all)
    expect(store.size).toBe(1)
  })

  it.each<[string, PeerData]>([
    ['a tag value over 100', { tags: { t: { value: 101 } } }],
    ['a negative tag value', { tags: { t: { value: -1 } } }],
    ['a fraction as tag value', { tags: { t: { value: 0.5 } } }],
    ['a negative ttl', { tags: { t: { ttl: -1 } } }],
    ['an endless ttl', { tags: { t: { ttl: Number.POSITIVE_INFINITY } } }],
    ['metadata that is no bytes', { metadata: { x: 'text' as unknown as Uint8Array } }],
    ['a name too long', { metadata: { ['x'.repeat(257)]: byte(1) } }],
    ['an address that is no multiaddr', { multiaddrs: ['/ip4/192.0.2.1' as never] }],
    ['the key of another peer', { publicKey: bob.publicKey }],
    ['an envelope that is none', { peerRecordEnvelope: byte(1) }],
    ['no data', undefined as unknown as PeerData]
  ])('refuse %s and change nothing', async (_, data) => {
    const { store } = newStore()
    await store.save(alice, known)
    for (const strategy of ['save', 'patch', 'merge'] as const) {
      await expect(store[strategy](alice, data)).rejects.toThrow(misuse)
    }
    expect(summary(store.peek(alice))).toEqual(all)
  })

  it('refuse what is not a peer id', async () => {
    await expect(newStore().store.save('Qm' as never, {})).rejects.toThrow(misuse)
  })

  it('leave out the peer at the end of its own addresses, and the addresses of others', async () => {
    const { store } = newStore()
    const own = multiaddr(`${tcp(1)}/p2p/${alice}`)
    const relayed = multiaddr(`${tcp(2)}/p2p/${bob}/p2p-circuit/p2p/${alice}`)
    const relay = multiaddr(`${tcp(3)}/p2p/${bob}/p2p-circuit`)
    const foreign = multiaddr(`${tcp(4)}/p2p/${bob}`)
    const stored = await store.save(alice, { multiaddrs: [own, relayed, relay, foreign, multiaddr(`/p2p/${alice}`)] })
    expect(stored.addresses.map(a => a.multiaddr.toString())).toEqual(
      [tcp(1).toString(), `${tcp(2)}/p2p/${bob}/p2p-circuit`, `${tcp(3)}/p2p/${bob}/p2p-circuit`].filter(
        (text, i, list) => list.indexOf(text) === i
      )
    )
  })

  it('share one list of protocols between peers that have the same', async () => {
    const { store } = newStore()
    await store.save(alice, { protocols: ['/a', '/b'] })
    await store.save(bob, { protocols: ['/b', '/a'] })
    expect(store.peek(bob)?.protocols).toBe(store.peek(alice)?.protocols)
    await store.merge(bob, { protocols: ['/c'] })
    expect(store.peek(alice)?.protocols).toEqual(['/a', '/b'])
    await store.save(bob, { protocols: ['/a\n/b'] })
    expect(store.peek(bob)?.protocols).toEqual(['/a\n/b'])
  })

  it('keep their own copy of metadata', async () => {
    const { store } = newStore()
    const value = byte(1)
    await store.save(alice, { metadata: { x: value } })
    value[0] = 9
    expect(toHex(store.peek(alice)?.metadata.get('x') as Uint8Array)).toBe('01')
  })
})

describe('reading', () => {
  it('knows a peer or says so', async () => {
    const { store } = newStore()
    await store.save(alice, known)
    expect(await store.has(alice)).toBe(true)
    expect(await store.has(bob)).toBe(false)
    expect(store.peek(bob)).toBeUndefined()
    await expect(store.get(bob)).rejects.toThrow(unknown)
    await expect(store.getInfo(bob)).rejects.toThrow(unknown)
    const { id, multiaddrs } = await store.getInfo(alice)
    expect([id.toString(), ...multiaddrs.map(String)]).toEqual([alice, tcp(1), tcp(2)].map(String))
  })

  it('gives each reader a copy', async () => {
    const { store } = newStore()
    await store.save(alice, known)
    const copy = await store.get(alice)
    copy.addresses.length = 0
    copy.protocols.push('/z')
    copy.metadata.clear()
    copy.tags.clear()
    expect(summary(await store.get(alice))).toEqual(summary(store.peek(alice)))
    expect(ports(store.peek(alice))).toEqual([1, 2])
  })

  it('peek gives the same object until something changes, and nobody can change it', async () => {
    const { store } = newStore()
    await store.save(alice, known)
    const first = store.peek(alice) as Peer
    expect(store.peek(alice)).toBe(first)
    expect(() => first.addresses.pop()).toThrow(TypeError)
    await store.merge(alice, { protocols: ['/z'] })
    expect(store.peek(alice)).not.toBe(first)
    expect(first.protocols).toEqual(['/a', '/b'])
  })

  it('all() and forEach() go over everybody but ourselves', async () => {
    const { store } = newStore()
    for (const n of [0, 1, 2, 3, 4]) await store.save(peer(n), { multiaddrs: [tcp(n + 1)] })
    expect((await store.all()).flatMap(ports)).toEqual([2, 3, 4, 5])
    const seen: number[] = []
    await store.forEach(each => {
      seen.push(...ports(each))
    })
    expect(seen).toEqual([2, 3, 4, 5])
  })

  it.each([
    ['filters', { filters: [(p: Peer) => ports(p)[0] !== 3, (p: Peer) => ports(p)[0] !== 5] }, [2, 4]],
    [
      'an order',
      { orders: [(a: Peer, b: Peer) => ((ports(b)[0] ?? 0) < (ports(a)[0] ?? 0) ? -1 : 1) as 1 | -1] },
      [5, 4, 3, 2]
    ],
    ['a limit', { limit: 2 }, [2, 3]],
    ['an offset', { offset: 1 }, [3, 4, 5]],
    ['both', { offset: 1, limit: 2 }, [3, 4]],
    ['limit 0', { limit: 0 }, []]
  ])('all() takes %s', async (_, query, expected) => {
    const { store } = newStore()
    for (const n of [1, 2, 3, 4]) await store.save(peer(n), { multiaddrs: [tcp(n + 1)] })
    expect((await store.all(query)).flatMap(ports)).toEqual(expected)
  })

  it('forgets on delete, but never ourselves', async () => {
    const { store } = newStore()
    await store.save(self, known)
    await store.save(alice, known)
    await store.delete(alice)
    await store.delete(alice)
    await store.delete(self)
    expect(await store.has(alice)).toBe(false)
    expect(summary(await store.get(self))).toEqual(summary(await store.save(bob, known)))
  })

  it('stops on cancellation with the reason given', async () => {
    const { store } = newStore()
    const reason = new Error('enough')
    const options = { signal: AbortSignal.abort(reason) }
    const calls = [
      store.all(options),
      store.forEach(() => {}, options),
      store.get(alice, options),
      store.getInfo(alice, options),
      store.getPublicKey(alice, options),
      store.has(alice, options),
      store.delete(alice, options),
      store.save(alice, {}, options),
      store.patch(alice, {}, options),
      store.merge(alice, {}, options),
      store.consumePeerRecord(byte(1), options),
      store.flush(options)
    ]
    for (const call of calls) await expect(call).rejects.toBe(reason)
    expect(store.size).toBe(0)
  })
})

describe('public keys', () => {
  const key = privateKeyFromProtobuf(fromHex(rsa.private_key_pb)).publicKey
  const id = peerIdFromString(rsa.peer_id)

  it('are in most ids', async () => {
    expect(await newStore().store.getPublicKey(alice)).toBe(alice.publicKey)
  })

  it('are stored where the id is only a hash of them', async () => {
    const { store } = newStore()
    await expect(store.getPublicKey(id)).rejects.toThrow(unknown)
    await store.patch(id, { publicKey: key })
    await store.save(id, {})
    expect((await store.getPublicKey(id)).equals(key)).toBe(true)
    expect((await store.get(id)).id.publicKey?.equals(key)).toBe(true)
  })
})

describe('updates', () => {
  const watched = () => {
    const updates: PeerUpdate[] = []
    return { updates, ...newStore({ onUpdate: update => updates.push(update) }) }
  }

  it('are told with what was known before', async () => {
    const { store, updates } = watched()
    await store.save(alice, { multiaddrs: [tcp(1)] })
    await store.merge(alice, { multiaddrs: [tcp(2)] })
    expect(updates.map(({ peer, previous }) => [previous && ports(previous), ports(peer)])).toEqual([
      [undefined, [1]],
      [[1], [1, 2]]
    ])
  })

  it.each<[string, PeerData, boolean]>([
    ['nothing', {}, false],
    ['known addresses', { multiaddrs: [tcp(2)] }, false],
    ['known protocols', { protocols: ['/a', '/b'] }, false],
    ['known metadata', { metadata: { x: byte(1), y: byte(2) } }, false],
    ['known tags, for another time', { tags: { t: { value: 10, ttl: 5 }, u: { value: 20 } } }, false],
    ['another protocol', { protocols: ['/a'] }, true],
    ['other metadata', { metadata: { x: byte(1), y: byte(3) } }, true],
    ['another value of a tag', { tags: { t: { value: 11 }, u: { value: 20 } } }, true],
    ['another address', { multiaddrs: [tcp(3)] }, true]
  ])('with %s are told only if they can be seen', async (_, data, isTold) => {
    const { store, updates } = watched()
    await store.save(alice, known)
    updates.length = 0
    await store.patch(alice, data)
    expect(updates).toHaveLength(isTold ? 1 : 0)
  })

  it('survive a listener that throws', async () => {
    const errors: unknown[] = []
    const { store } = newStore({
      onUpdate: () => {
        throw new Error('listener')
      },
      onError: error => {
        errors.push(error)
        throw new Error('listener of errors')
      }
    })
    await store.save(alice, known)
    expect(errors).toEqual([expect.objectContaining({ code: 'listener-failed' })])
    expect(store.size).toBe(1)
  })
})

describe('options', () => {
  it.each([
    { maxPeers: 0 },
    { addressTtlMs: -1 },
    { peerTtlMs: Number.NaN },
    { writeDelayMs: 0 },
    { peerId: 'Qm' as never }
  ])('%o are refused', options => {
    expect(() => newStore(options)).toThrow(misuse)
  })
})

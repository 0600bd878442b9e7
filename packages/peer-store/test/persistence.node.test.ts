import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex } from '@ts-libp2p/bytes'
import { generateKeyPair, privateKeyFromProtobuf } from '@ts-libp2p/crypto'
import { peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/peer-id'
import { createPeerRecord } from '@ts-libp2p/record'
import { MemoryDatastore } from 'datastore-core'
import { LevelDatastore } from 'datastore-level'
import fc from 'fast-check'
import { Key } from 'interface-datastore'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createPeerStore,
  MAX_ADDRESSES_PER_PEER,
  MAX_ENTRIES_PER_PEER,
  MAX_PROTOCOLS_PER_PEER,
  PEER_TTL_MS,
  type PeerStoreError,
  RECENTLY_CONNECTED_TTL_MS,
  WRITE_DELAY_MS
} from '../src/index.ts'
import { Peer as PeerMessage } from '../src/pb/peer.js'
import { alice, bob, newStore, peer, ports, self, summary, tcp } from './peers.ts'
import rsa from './vectors/rsa-key.json' with { type: 'json' }

const keyOf = (id: typeof alice): Key => new Key(`/peers/${id.toCID()}`)
const stored = async (datastore: MemoryDatastore): Promise<string[]> => {
  const keys: string[] = []
  for await (const key of datastore.queryKeys({})) keys.push(key.toString())
  return keys.sort()
}

describe('on disk', () => {
  let folder: string
  let level: LevelDatastore

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'peer-store-'))
    level = new LevelDatastore(folder)
    await level.open()
  })

  afterEach(async () => {
    await level.close()
    await rm(folder, { recursive: true })
  })

  const reopen = async (): Promise<void> => {
    await level.close()
    level = new LevelDatastore(folder)
    await level.open()
  }

  it('everything survives a restart', async () => {
    const first = createPeerStore({ peerId: self, datastore: level })
    await first.start()
    const privateKey = await generateKeyPair('Ed25519')
    const signer = peerIdFromPrivateKey(privateKey)
    const record = await createPeerRecord({ privateKey, addresses: [tcp(7)], seq: 5n })
    const hashed = peerIdFromString(rsa.peer_id)
    await first.consumePeerRecord(record.marshal())
    await first.merge(signer, {
      multiaddrs: [tcp(8)],
      protocols: ['/b', '/a'],
      metadata: { AgentVersion: Uint8Array.of(1, 2), __proto: new Uint8Array(0), ['__proto__']: Uint8Array.of(3) },
      tags: { forever: { value: 1 }, briefly: { value: 2, ttl: 60_000 } }
    })
    await first.save(hashed, { publicKey: privateKeyFromProtobuf(fromHex(rsa.private_key_pb)).publicKey })
    await first.save(self, { protocols: ['/self'] })
    const [before, beforeSelf] = [first.peek(signer), first.peek(self)]
    await first.stop()
    expect(first.pendingWrites).toBe(0)

    await reopen()
    const second = createPeerStore({ peerId: self, datastore: level })
    await second.start()
    expect(summary(second.peek(signer))).toEqual(summary(before))
    expect(second.peek(signer)?.peerRecordEnvelope).toEqual(record.marshal())
    expect(summary(second.peek(self))).toEqual(summary(beforeSelf))
    expect((await second.getPublicKey(hashed)).type).toBe('RSA')
    expect(second.size).toBe(3)
    const older = await createPeerRecord({ privateKey, addresses: [tcp(9)], seq: 4n })
    expect(await second.consumePeerRecord(older.marshal())).toBe(false)
    await second.stop()
  })

  it('who told of an address is kept with it, the first who did', async () => {
    const first = createPeerStore({ peerId: self, datastore: level })
    await first.merge(alice, { multiaddrs: [tcp(1)] }, { source: 'dht' })
    await first.merge(alice, { multiaddrs: [tcp(1), tcp(2)] }, { source: 'identify' })
    await first.merge(alice, { multiaddrs: [tcp(3)] })
    await first.flush()
    const second = createPeerStore({ peerId: self, datastore: level })
    const told = (await second.get(alice)).addresses.map(({ multiaddr, source }) => [String(multiaddr), source])
    expect(told).toEqual([
      [String(tcp(1)), 'dht'],
      [String(tcp(2)), 'identify'],
      [String(tcp(3)), undefined]
    ])
    const tooLong = { source: 'x'.repeat(65) }
    await expect(first.merge(alice, { multiaddrs: [tcp(4)] }, tooLong)).rejects.toMatchObject({
      name: 'InvalidParametersError'
    })
  })

  it('the datastore is read on the first call, started or not', async () => {
    const first = createPeerStore({ peerId: self, datastore: level })
    await first.save(alice, { protocols: ['/a'] })
    await first.flush()
    const second = createPeerStore({ peerId: self, datastore: level })
    expect((await second.merge(alice, { protocols: ['/b'] })).protocols).toEqual(['/a', '/b'])
    await second.flush()
  })

  it('what was deleted stays deleted', async () => {
    const first = createPeerStore({ peerId: self, datastore: level })
    for (const n of [1, 2, 3]) await first.save(peer(n), {})
    await first.flush()
    await first.delete(bob)
    await first.flush()
    const second = createPeerStore({ peerId: self, datastore: level })
    expect((await second.all()).map(({ id }) => String(id)).sort()).toEqual([peer(1), peer(3)].map(String).sort())
  })
})

describe('writing', () => {
  it('waits a second, and a peer that changes often is written once', async () => {
    const datastore = new MemoryDatastore()
    const { store, clock } = newStore({ datastore })
    await store.save(alice, {})
    for (const n of [1, 2, 3]) await store.merge(alice, { multiaddrs: [tcp(n)] })
    expect(store.pendingWrites).toBe(1)
    await clock.advance(WRITE_DELAY_MS - 1)
    expect(await stored(datastore)).toEqual([])
    await clock.advance(1)
    expect(await stored(datastore)).toEqual([keyOf(alice).toString()])
    expect(store.pendingWrites).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('follows evictions', async () => {
    const datastore = new MemoryDatastore()
    const { store, clock } = newStore({ datastore, maxPeers: 2 })
    for (const n of [1, 2, 3, 4]) {
      await store.save(peer(n), {})
      await clock.advance(WRITE_DELAY_MS)
    }
    expect(await stored(datastore)).toEqual([peer(3), peer(4)].map(id => keyOf(id).toString()).sort())
  })

  it('keeps the addresses of a long connection good in case of a crash', async () => {
    const datastore = new MemoryDatastore()
    const { store, clock } = newStore({ datastore })
    await store.start()
    await store.save(alice, { multiaddrs: [tcp(1)] })
    store.setConnected(alice, true)
    await clock.advance(PEER_TTL_MS)
    const next = createPeerStore({ peerId: self, datastore, clock })
    await next.start()
    expect(ports(next.peek(alice))).toEqual([1])
    await clock.advance(RECENTLY_CONNECTED_TTL_MS)
    expect(ports(next.peek(alice))).toEqual([])
    await store.stop()
    await next.stop()
  })
})

describe('reading', () => {
  const withErrors = (datastore: MemoryDatastore, options = {}) => {
    const errors: PeerStoreError[] = []
    return { errors, ...newStore({ datastore, onError: error => errors.push(error), ...options }) }
  }

  /** Alice, stored, and whatever else a test puts beside her. */
  const withAlice = async (...others: [Key, Uint8Array][]): Promise<MemoryDatastore> => {
    const datastore = new MemoryDatastore()
    const { store } = newStore({ datastore })
    await store.save(alice, { multiaddrs: [tcp(1)] })
    await store.flush()
    for (const [key, value] of others) await datastore.put(key, value)
    return datastore
  }

  const hashed = peerIdFromString(rsa.peer_id)
  const otherKey = PeerMessage.encode({ publicKey: fromHex(`08011220${'00'.repeat(32)}`) }).finish()

  it.each<[string, Key, Uint8Array]>([
    ['broken protobuf', keyOf(bob), fromHex('0aff')],
    ['cut short', keyOf(bob), fromHex('0a0a0a08')],
    ['the key of another peer', keyOf(hashed), otherKey],
    ['an unusable key', keyOf(hashed), fromHex('220101')]
  ])('an entry with %s is reported and deleted, and costs nothing else', async (_, key, value) => {
    const datastore = await withAlice([key, value])
    const { store, errors } = withErrors(datastore)
    await store.start()
    expect(errors).toEqual([expect.objectContaining({ name: 'PeerStoreError', code: 'corrupt-entry' })])
    expect((await store.all()).map(ports)).toEqual([[1]])
    await store.stop()
    expect(await stored(datastore)).toEqual([keyOf(alice).toString()])
  })

  it.each<[string, Key, Uint8Array]>([
    ['of a newer version', keyOf(bob), PeerMessage.encode({ version: 2, protocols: ['/a'] }).finish()],
    ['of somebody else', new Key('/peers/something/else'), Uint8Array.of(1)]
  ])('an entry %s is reported and left alone', async (_, key, value) => {
    const datastore = await withAlice([key, value])
    const { store, errors } = withErrors(datastore)
    await store.start()
    expect(errors).toEqual([expect.objectContaining({ code: 'unknown-entry' })])
    expect(store.size).toBe(1)
    await store.stop()
    expect(await stored(datastore)).toContain(key.toString())
  })

  it('takes over what js-libp2p stored', async () => {
    const datastore = new MemoryDatastore()
    const { store, clock } = newStore({ datastore })
    const now = clock.now()
    const value = PeerMessage.encode({
      addresses: [
        { multiaddr: tcp(1).bytes, isCertified: true, observed: now - 1000 },
        { multiaddr: tcp(2).bytes, observed: now - 2 * PEER_TTL_MS },
        { multiaddr: fromHex('ffff'), observed: now }
      ],
      protocols: ['/a'],
      metadata: [{ key: 'x', value: Uint8Array.of(1) }],
      tags: [{ key: 't', value: { value: 5 } }],
      updated: now
    }).finish()
    await datastore.put(keyOf(alice), value)
    expect(summary(await store.get(alice))).toEqual({
      addresses: ['1!'],
      protocols: ['/a'],
      metadata: { x: '01' },
      tags: { t: 5 }
    })
  })

  it('leaves behind and deletes who has expired', async () => {
    const datastore = await withAlice()
    const { store, clock } = newStore({ datastore })
    await clock.advance(PEER_TTL_MS)
    await store.start()
    expect(store.size).toBe(0)
    await store.stop()
    expect(await stored(datastore)).toEqual([])
  })

  it('does not think that we are too old', async () => {
    const datastore = new MemoryDatastore()
    const { store, clock } = newStore({ datastore })
    await store.save(self, { protocols: ['/self'] })
    await store.stop()
    await clock.advance(2 * PEER_TTL_MS)
    const next = createPeerStore({ peerId: self, datastore, clock })
    expect((await next.get(self)).protocols).toEqual(['/self'])
  })

  it('takes no more of a peer than is kept of one', async () => {
    const many = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n).padStart(4, '0'))
    const { clock } = newStore()
    const value = PeerMessage.encode({
      addresses: many(500).map(n => ({ multiaddr: tcp(Number(n)).bytes, observed: clock.now() })),
      protocols: many(500),
      metadata: many(500).map(key => ({ key })),
      tags: many(500).map(key => ({ key, value: { value: 1 } })),
      updated: clock.now()
    }).finish()
    const datastore = await withAlice([keyOf(bob), value])
    const found = await createPeerStore({ peerId: self, datastore, clock }).get(bob)
    expect([found.addresses.length, found.protocols.length, found.metadata.size, found.tags.size]).toEqual([
      2 * MAX_ADDRESSES_PER_PEER,
      MAX_PROTOCOLS_PER_PEER,
      MAX_ENTRIES_PER_PEER,
      MAX_ENTRIES_PER_PEER
    ])
  })

  it('survives whatever lies there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async value => {
        const datastore = await withAlice([keyOf(bob), value])
        const { store } = withErrors(datastore)
        await store.start()
        expect(ports(await store.get(alice))).toEqual([1])
        await store.all()
        await store.stop()
      })
    )
  })

  it('need not be waited for', async () => {
    const datastore = new MemoryDatastore()
    datastore.query = async function* () {
      await new Promise(() => {})
      yield* []
    }
    const { store } = newStore({ datastore })
    const abort = new AbortController()
    const reason = new Error('enough')
    const reads = [store.get(alice, { signal: abort.signal }), store.merge(alice, {}, { signal: abort.signal })]
    abort.abort(reason)
    for (const read of reads) await expect(read).rejects.toBe(reason)
    expect(store.peek(alice)).toBeUndefined()
  })

  it('takes no more peers than fit: the most valuable, then the newest', async () => {
    const datastore = new MemoryDatastore()
    const first = newStore({ datastore })
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      await first.store.save(peer(n), { tags: n === 1 ? { 'keep-alive': {} } : n === 3 ? { a: {} } : {} })
      await first.clock.advance(10)
    }
    await first.store.flush()
    const { store } = newStore({ datastore, maxPeers: 4 })
    await store.start()
    const known: number[] = []
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9]) if (store.peek(peer(n))) known.push(n)
    expect(known).toEqual([1, 3, 8, 9])
    await store.stop()
    expect(await stored(datastore)).toHaveLength(4)
  })

  it('tells when the datastore cannot be read, and tries again on the next call', async () => {
    const datastore = await withAlice()
    const failure = new Error('disk on fire')
    const { query } = datastore
    datastore.query = () => {
      throw failure
    }
    const { store } = newStore({ datastore })
    const failed = expect.objectContaining({ name: 'PeerStoreError', code: 'load-failed', cause: failure })
    await expect(store.start()).rejects.toThrow(failed)
    await expect(store.save(alice, {})).rejects.toThrow(failed)
    datastore.query = query
    expect(ports(await store.get(alice))).toEqual([1])
    await store.stop()
  })
})

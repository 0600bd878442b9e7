import { generateKeyPair } from '@ts-libp2p/crypto'
import type { PrivateKey } from '@ts-libp2p/interface'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createPeerRecord } from '@ts-libp2p/record'
import { beforeAll, describe, expect, it } from 'vitest'
import { ADDRESS_TTL_MS, MAX_ADDRESSES_PER_PEER } from '../src/index.ts'
import { alice, newStore, ports, summary, tcp } from './peers.ts'

let privateKey: PrivateKey
beforeAll(async () => {
  privateKey = await generateKeyPair('Ed25519')
})

const record = async (seq: number, ...list: number[]): Promise<Uint8Array> =>
  (await createPeerRecord({ privateKey, addresses: list.map(tcp), seq: BigInt(seq) })).marshal()

describe('a signed peer record', () => {
  const setUp = () => ({ ...newStore(), id: peerIdFromPrivateKey(privateKey) })

  it('certifies its addresses', async () => {
    const { store, id } = setUp()
    const bytes = await record(1, 1, 2)
    expect(await store.consumePeerRecord(bytes)).toBe(true)
    expect(summary(store.peek(id))).toMatchObject({ addresses: ['1!', '2!'] })
    expect(store.peek(id)?.peerRecordEnvelope).toEqual(bytes)
  })

  it('replaces an older one, leaves hearsay and everything else', async () => {
    const { store, id } = setUp()
    await store.save(id, { multiaddrs: [tcp(1), tcp(9)], protocols: ['/a'], tags: { t: { value: 1 } } })
    await store.consumePeerRecord(await record(1, 1, 2))
    expect(summary(store.peek(id))).toMatchObject({ addresses: ['1!', '2!', '9'] })
    expect(await store.consumePeerRecord(await record(2, 3))).toBe(true)
    expect(summary(store.peek(id))).toMatchObject({ addresses: ['3!', '9'], protocols: ['/a'], tags: { t: 1 } })
    expect(await store.consumePeerRecord(await record(3))).toBe(true)
    expect(summary(store.peek(id))).toMatchObject({ addresses: ['9'] })
  })

  it('that is older changes nothing', async () => {
    const { store, id } = setUp()
    await store.consumePeerRecord(await record(2, 2))
    const before = store.peek(id)
    expect(await store.consumePeerRecord(await record(1, 1))).toBe(false)
    expect(store.peek(id)).toBe(before)
  })

  it('that is known already makes its addresses good for longer', async () => {
    const { store, clock, id } = setUp()
    await store.consumePeerRecord(await record(1, 1))
    await clock.advance(ADDRESS_TTL_MS - 1)
    expect(await store.consumePeerRecord(await record(1, 1))).toBe(true)
    await clock.advance(ADDRESS_TTL_MS - 1)
    expect(ports(store.peek(id))).toEqual([1])
    await clock.advance(1)
    expect(ports(store.peek(id))).toEqual([])
  })

  it('whose addresses have expired still outranks an older one', async () => {
    const { store, clock } = setUp()
    await store.consumePeerRecord(await record(2, 2))
    await clock.advance(2 * ADDRESS_TTL_MS)
    expect(await store.consumePeerRecord(await record(1, 1))).toBe(false)
  })

  it('stored by patch counts as well', async () => {
    const { store, id } = setUp()
    await store.patch(id, { peerRecordEnvelope: await record(5, 1) })
    expect(await store.consumePeerRecord(await record(4, 2))).toBe(false)
    const misuse = expect.objectContaining({ name: 'InvalidParametersError' })
    await expect(store.patch(alice, { peerRecordEnvelope: await record(5, 1) })).rejects.toThrow(misuse)
  })

  it('of somebody else than expected, or altered, is refused', async () => {
    const { store, id } = setUp()
    const bytes = await record(1, 1)
    const code = (code: string) => expect.objectContaining({ name: 'RecordError', code })
    await expect(store.consumePeerRecord(bytes, { expectedPeer: alice })).rejects.toThrow(code('unexpected-peer'))
    const altered = bytes.slice()
    altered[60] = (altered[60] as number) ^ 1
    await expect(store.consumePeerRecord(altered)).rejects.toThrow(expect.objectContaining({ name: 'RecordError' }))
    expect(store.size).toBe(0)
    expect(await store.consumePeerRecord(bytes, { expectedPeer: id })).toBe(true)
  })

  it('of many arriving at once, the newest stays', async () => {
    const { store, id } = setUp()
    const seqs = [3, 1, 5, 2, 4]
    const records = await Promise.all(seqs.map(seq => record(seq, seq)))
    await Promise.all(records.map(bytes => store.consumePeerRecord(bytes)))
    expect(summary(store.peek(id))).toMatchObject({ addresses: ['5!'] })
  })

  it('may hold more addresses than are kept', async () => {
    const { store, id } = setUp()
    const list = Array.from({ length: MAX_ADDRESSES_PER_PEER + 5 }, (_, n) => n)
    await store.consumePeerRecord(await record(1, ...list))
    expect(ports(store.peek(id))).toEqual(list.slice(0, MAX_ADDRESSES_PER_PEER))
  })

  it('is copied: the message it came in may be written over', async () => {
    const { store, id } = setUp()
    const bytes = await record(1, 1)
    const copy = bytes.slice()
    const consumed = store.consumePeerRecord(bytes)
    await consumed
    bytes.fill(0)
    expect(store.peek(id)?.peerRecordEnvelope).toEqual(copy)
  })
})

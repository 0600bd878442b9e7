import { fromUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair } from '@ts-libp2p/crypto'
import { contentRoutingSymbol, type Logger, type Node } from '@ts-libp2p/interface'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createIpnsRecord, ipnsKey, parseIpnsRecord } from '@ts-libp2p/record'
import { noLog } from '@ts-libp2p/stream'
import { settle, VirtualClock } from '@ts-libp2p/testing'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import {
  createRecordStore,
  datastoreMedium,
  MAX_MEMORY_RECORDS,
  MAX_SUBSCRIPTIONS,
  MAX_VALUES_PER_KEY,
  memoryMedium,
  type RecordMedium,
  recordStore,
  type StoredRecord
} from '../src/index.ts'
import { note, noteKey, text, validators } from './records.ts'

const HOUR = 3_600_000
const error = (code: string) => expect.objectContaining({ name: 'RecordStoreError', code })
const values = async (records: AsyncIterable<StoredRecord>): Promise<string[]> => {
  const found: string[] = []
  for await (const { value } of records) found.push(text(value))
  return found
}

/** A medium that holds whatever it is given, several values for a key too. */
const holding = (records: readonly StoredRecord[]): RecordMedium => ({
  name: 'test medium',
  read: async () => records.map(({ value }) => value),
  update: async (_key, decide) => void (await decide(records.map(({ value }) => value))),
  async *list() {
    yield* records
  }
})

describe('a record that grows old', () => {
  it('is there until it expires, and may be replaced by an older one that did not', async () => {
    const clock = new VirtualClock()
    const store = createRecordStore({ medium: memoryMedium({ clock }), validators, clock })
    await store.put(noteKey('a'), note(2, 'short-lived', clock.now() + HOUR))
    await clock.advance(HOUR - 1)
    expect(text(await store.get(noteKey('a')))).toContain('short-lived')
    await clock.advance(1)
    await expect(store.get(noteKey('a'))).rejects.toMatchObject({ name: 'NotFoundError', cause: { code: 'expired' } })
    expect(await values(store.query(noteKey('')))).toEqual([])
    expect(await store.put(noteKey('a'), note(1, 'older'))).toBe(true)
    expect(text(await store.get(noteKey('a')))).toContain('older')
  })

  it('keeps the time when it was stored', async () => {
    const clock = new VirtualClock()
    const store = createRecordStore({ medium: memoryMedium({ clock }), validators, clock })
    await store.put(noteKey('a'), note(1))
    await clock.advance(5)
    for await (const { timeReceived } of store.query(noteKey('a'))) expect(timeReceived).toBe(clock.now() - 5)
    expect.assertions(1)
  })
})

describe('a medium with several values for a key', () => {
  const key = noteKey('a')
  const several = [note(2), note(9, 'x', 1), fromUtf8('nonsense'), note(3), note(1)].map(value => ({ key, value }))

  it('the best valid one is given out', async () => {
    const store = createRecordStore({ medium: holding(several), validators })
    expect(text(await store.get(key))).toBe(text(note(3)))
    expect(await store.put(key, note(2))).toBe(false)
    expect(await store.put(key, note(4))).toBe(true)
  })

  it('a list goes from good to better', async () => {
    const store = createRecordStore({ medium: holding(several), validators })
    expect(await values(store.query(noteKey('')))).toEqual([text(note(2)), text(note(3))])
  })

  it('more than the limit are not looked at', async () => {
    const many = Array.from({ length: MAX_VALUES_PER_KEY + 1 }, (_, i) => ({ key, value: note(i) }))
    const store = createRecordStore({ medium: holding(many), validators })
    expect(text(await store.get(key))).toBe(text(note(MAX_VALUES_PER_KEY - 1)))
  })

  it('what lies under other keys than were asked for is left out of a list', async () => {
    const store = createRecordStore({ medium: holding(several), validators })
    expect(await values(store.query(noteKey('b')))).toEqual([])
  })
})

describe('a medium that fails', () => {
  const cause = new Error('no space left on device')
  const fails = async (): Promise<never> => {
    throw cause
  }
  const failing: RecordMedium = {
    name: 'broken disk',
    read: fails,
    update: fails,
    remove: fails,
    async *list() {
      yield { key: noteKey('a'), value: note(1) }
      await fails()
    }
  }
  const store = createRecordStore({ medium: failing, validators })
  const expected = expect.objectContaining({ name: 'RecordStoreError', code: 'medium-failed', cause })

  it.each([
    ['put', () => store.put(noteKey('a'), note(1))],
    ['get', () => store.get(noteKey('a'))],
    ['delete', () => store.delete(noteKey('a'))],
    ['query', () => values(store.query(noteKey('')))]
  ])('%s says so, and why', async (_, use) => {
    await expect(use()).rejects.toEqual(expected)
  })

  it('a datastore that is full loses nothing, and takes records again when there is room', async () => {
    const datastore = new MemoryDatastore()
    let isFull = false
    const medium = datastoreMedium({
      get: (key, options) => datastore.get(key, options),
      put: (key, value) => (isFull ? fails() : datastore.put(key, value)),
      delete: (key, options) => datastore.delete(key, options),
      query: (query, options) => datastore.query(query, options)
    })
    const store = createRecordStore({ medium, validators })
    await store.put(noteKey('a'), note(1))
    isFull = true
    await expect(store.put(noteKey('a'), note(2))).rejects.toEqual(expected)
    expect(text(await store.get(noteKey('a')))).toBe(text(note(1)))
    isFull = false
    expect(await store.put(noteKey('a'), note(2))).toBe(true)
  })

  it('a damaged entry is told of, and replaced', async () => {
    const datastore = new MemoryDatastore()
    const store = createRecordStore({ medium: datastoreMedium(datastore), validators })
    await store.put(noteKey('a'), note(1))
    await store.put(noteKey('b'), note(1))
    const [a, b] = ['2f6e6f74652f61', '2f6e6f74652f62'].map(hex => new Key(`/records/${hex}`)) as [Key, Key]
    await datastore.put(a, datastore.get(b) as Uint8Array)
    await expect(store.get(noteKey('a'))).rejects.toEqual(error('damaged'))
    await datastore.put(a, Uint8Array.of(0x0a, 0xff))
    await expect(store.get(noteKey('a'))).rejects.toEqual(error('damaged'))
    expect(await values(store.query(noteKey('')))).toEqual([text(note(1))])
    expect(await store.put(noteKey('a'), note(1))).toBe(true)
    expect(text(await store.get(noteKey('a')))).toBe(text(note(1)))
  })
})

describe('in memory', () => {
  it('takes so many records and no more; those it has may still be replaced', async () => {
    const store = createRecordStore({ medium: memoryMedium({ maxRecords: 2 }), validators })
    await store.put(noteKey('a'), note(1))
    await store.put(noteKey('b'), note(1))
    await expect(store.put(noteKey('c'), note(1))).rejects.toEqual(error('full'))
    expect(await store.put(noteKey('a'), note(2))).toBe(true)
    await store.delete(noteKey('b'))
    expect(await store.put(noteKey('c'), note(1))).toBe(true)
    expect(MAX_MEMORY_RECORDS).toBe(1024)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %d', maxRecords => {
    expect(() => memoryMedium({ maxRecords })).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })

  it('a job that waits for its turn stops waiting when told to', async () => {
    let resolve: (value: undefined) => void = () => {}
    const promise = new Promise<undefined>(fn => {
      resolve = fn
    })
    const medium = memoryMedium()
    const first = medium.update(noteKey('a'), () => promise, {})
    const controller = new AbortController()
    const second = createRecordStore({ medium, validators }).put(noteKey('a'), note(1), controller)
    await settle()
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(second).rejects.toBe(reason)
    resolve(undefined)
    await first
    expect(await medium.read(noteKey('a'), {})).toEqual([])
  })
})

describe('subscriptions', () => {
  it('a listener that throws is told of, and disturbs nobody', async () => {
    const errors: unknown[] = []
    const log: Logger = Object.assign(() => {}, noLog, { error: (...args: unknown[]) => errors.push(args.at(-1)) })
    const store = createRecordStore({ medium: memoryMedium(), validators, log })
    const heard: string[] = []
    const mistake = new Error('my mistake')
    store.subscribe(noteKey(''), () => {
      throw mistake
    })
    store.subscribe(noteKey(''), ({ value }) => heard.push(text(value)))
    expect(await store.put(noteKey('a'), note(1))).toBe(true)
    await settle()
    expect(errors).toEqual([mistake])
    expect(heard).toEqual([text(note(1))])
  })

  it('there are only so many; one that ends makes room', () => {
    const store = createRecordStore({ medium: memoryMedium(), validators })
    const undos = Array.from({ length: MAX_SUBSCRIPTIONS }, () => store.subscribe(noteKey(''), () => {}))
    expect(() => store.subscribe(noteKey(''), () => {})).toThrow(error('full'))
    undos[0]?.()
    undos[0]?.()
    store.subscribe(noteKey(''), () => {})
    expect(() => store.subscribe(noteKey(''), () => {})).toThrow(error('full'))
  })
})

describe('the service', () => {
  const node = (clock: VirtualClock): Node => ({ clock, logger: { forComponent: () => noLog } }) as unknown as Node

  it('keeps IPNS records by the clock of the node', async () => {
    const clock = new VirtualClock()
    const store = recordStore()(node(clock))
    const privateKey = await generateKeyPair('Ed25519')
    const key = ipnsKey(peerIdFromPrivateKey(privateKey))
    const expiresAt = clock.now() + HOUR
    const value = await createIpnsRecord({ privateKey, value: '/ipfs/bafkqaaa', sequence: 1n, expiresAt })
    await store.put(key, value)
    expect(text(parseIpnsRecord(await store.get(key)).value)).toBe('/ipfs/bafkqaaa')
    await clock.advance(HOUR)
    await expect(store.get(key)).rejects.toMatchObject({ name: 'NotFoundError' })
    expect(store[contentRoutingSymbol]).toBeUndefined()
  })

  it('routes when asked to', async () => {
    const store = recordStore({ isRouter: true, validators, medium: ({ clock }) => memoryMedium({ clock }) })(
      node(new VirtualClock())
    )
    const routing = store[contentRoutingSymbol]
    await routing?.put(noteKey('a'), note(1))
    expect(await routing?.get(noteKey('a'))).toEqual(note(1))
    await expect(routing?.get(noteKey('b'))).rejects.toMatchObject({ name: 'NotFoundError' })
    await expect(routing?.put(noteKey('b'), fromUtf8('x'))).rejects.toMatchObject({ code: 'malformed' })
  })
})

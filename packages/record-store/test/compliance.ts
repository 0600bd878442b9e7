import { fromUtf8 } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import { createRecordStore, MAX_KEY_BYTES, MAX_VALUE_BYTES, type RecordMedium, type RecordStore } from '../src/index.ts'
import { binaryKey, note, noteKey, text, validators } from './records.ts'

type Ability = 'query' | 'delete' | 'subscribe'

export interface MediumSubject {
  /** What it can beside `put` and `get`. */
  readonly can: readonly Ability[]
  /** An empty medium, and what another process or peer sees of it. */
  setup(): Promise<{ medium: RecordMedium; other?: RecordMedium }>
  /** Puts bytes under a key past the store, as somebody careless or hostile would. */
  plant(medium: RecordMedium, key: Uint8Array, value: Uint8Array): Promise<void>
}

interface Fixture {
  medium: RecordMedium
  store: RecordStore
  /** Sees the same records. */
  other: RecordStore
}

/** What every record store does, on any medium. */
export function recordStoreCompliance(name: string, subject: MediumSubject): void {
  const setup = async (): Promise<Fixture> => {
    const { medium, other = medium } = await subject.setup()
    const open = (medium: RecordMedium): RecordStore => createRecordStore({ medium, validators })
    return { medium, store: open(medium), other: open(other) }
  }
  const drain = async (records: AsyncIterable<{ key: Uint8Array; value: Uint8Array }>): Promise<string[]> => {
    const found: string[] = []
    for await (const { key, value } of records) found.push(`${text(key)} ${text(value).split(' ').at(-1)}`)
    return found.sort()
  }

  /** The test, or for a medium that cannot do this the test that it says so. */
  const has =
    (what: Ability) =>
    (title: string, test: () => Promise<void>): void => {
      if (subject.can.includes(what)) it(title, test)
      else refuses(what)
    }
  const refuses = (what: Ability): void => {
    it(`has no ${what}`, async () => {
      const { store } = await setup()
      const use: Record<Ability, () => unknown> = {
        query: () => drain(store.query(noteKey(''))),
        delete: () => store.delete(noteKey('')),
        subscribe: () => store.subscribe(noteKey(''), () => {})
      }
      await expect((async () => use[what]())()).rejects.toMatchObject({
        name: 'RecordStoreError',
        code: 'unsupported'
      })
    })
  }

  describe(`a record store: ${name}`, () => {
    it.each(['query', 'delete', 'subscribe'] as const)('says whether it can %s', async what => {
      const { store } = await setup()
      expect(store.can(what)).toBe(subject.can.includes(what))
    })

    it('gives back what was put', async () => {
      const { store, other } = await setup()
      expect(await store.put(noteKey('a'), note(1))).toBe(true)
      expect(text(await store.get(noteKey('a')))).toBe(text(note(1)))
      expect(text(await other.get(noteKey('a')))).toBe(text(note(1)))
    })

    it('has nothing where nothing was put', async () => {
      const { store } = await setup()
      await expect(store.get(noteKey('a'))).rejects.toMatchObject({ name: 'NotFoundError' })
    })

    it('keys are bytes, not text', async () => {
      const { store } = await setup()
      const keys = [
        binaryKey(),
        binaryKey(0),
        binaryKey(0xff, 0xfe),
        binaryKey(0x2f, 0x2f),
        binaryKey(0x25, 0x32, 0x46)
      ]
      for (const [i, key] of keys.entries()) await store.put(key, note(1, String(i)))
      for (const [i, key] of keys.entries()) expect(text(await store.get(key))).toBe(text(note(1, String(i))))
    })

    it('takes the longest key and value', async () => {
      const { store } = await setup()
      const key = new Uint8Array(MAX_KEY_BYTES).fill(0x61)
      key.set(fromUtf8('/note/'))
      const value = note(1, 'x'.repeat(1000))
      await store.put(key, value)
      expect(text(await store.get(key))).toBe(text(value))
    })

    it.each([
      ['key', new Uint8Array(MAX_KEY_BYTES + 1), note(1)],
      ['value', noteKey('a'), new Uint8Array(MAX_VALUE_BYTES + 1)]
    ])('refuses a longer %s', async (_, key, value) => {
      const { store } = await setup()
      const error = { name: 'RecordStoreError', code: 'too-large' }
      await expect(store.put(key, value)).rejects.toMatchObject(error)
    })

    it('the newest wins, in whatever order they come', async () => {
      const { store, other } = await setup()
      expect(await store.put(noteKey('a'), note(2))).toBe(true)
      expect(await other.put(noteKey('a'), note(1))).toBe(false)
      expect(text(await store.get(noteKey('a')))).toBe(text(note(2)))
      expect(await other.put(noteKey('a'), note(3))).toBe(true)
      expect(text(await store.get(noteKey('a')))).toBe(text(note(3)))
    })

    it('putting the same again is no loss', async () => {
      const { store } = await setup()
      await store.put(noteKey('a'), note(1))
      expect(await store.put(noteKey('a'), note(1))).toBe(true)
      expect(text(await store.get(noteKey('a')))).toBe(text(note(1)))
    })

    it('of many writers at once the best remains', async () => {
      const { store, other } = await setup()
      const order = [3, 7, 1, 8, 5, 2, 6, 4]
      await Promise.all(order.map((n, i) => (i % 2 === 0 ? store : other).put(noteKey('a'), note(n))))
      expect(text(await store.get(noteKey('a')))).toBe(text(note(8)))
    })

    it.each([
      ['is not one', 'malformed', noteKey('a'), fromUtf8('nonsense')],
      ['expired', 'expired', noteKey('a'), note(1, 'x', Date.UTC(2020, 0))],
      ['is of no known kind', 'unknown-namespace', fromUtf8('/unknown/a'), note(1)]
    ])('refuses a record that %s', async (_, code, key, value) => {
      const { store } = await setup()
      await expect(store.put(key, value)).rejects.toMatchObject({ name: 'RecordError', code })
    })

    it.each([
      ['what is not a record', fromUtf8('nonsense')],
      ['what expired', note(9, 'x', Date.UTC(2020, 0))]
    ])('gives out nothing for %s, and takes what is valid in its place', async (_, planted) => {
      const { medium, store } = await setup()
      await subject.plant(medium, noteKey('a'), planted)
      await expect(store.get(noteKey('a'))).rejects.toMatchObject({ name: 'NotFoundError' })
      await store.put(noteKey('a'), note(1))
      expect(text(await store.get(noteKey('a')))).toBe(text(note(1)))
    })

    it('stops when told to', async () => {
      const { store } = await setup()
      const reason = new Error('enough')
      const signal = AbortSignal.abort(reason)
      await expect(store.put(noteKey('a'), note(1), { signal })).rejects.toBe(reason)
      await expect(store.get(noteKey('a'), { signal })).rejects.toBe(reason)
    })

    has('query')('lists what begins with a prefix, and only what is valid', async () => {
      const { medium, store, other } = await setup()
      for (const name of ['a1', 'a2', 'b1']) await store.put(noteKey(name), note(1, name))
      await store.put(fromUtf8('/memo/a1'), note(1, 'memo'))
      await subject.plant(medium, noteKey('a3'), fromUtf8('nonsense'))
      expect(await drain(other.query(noteKey('a')))).toEqual(['/note/a1 a1', '/note/a2 a2'])
      expect(await drain(other.query(fromUtf8('/')))).toHaveLength(4)
      expect(await drain(other.query(noteKey('c')))).toEqual([])
    })

    has('query')('a list stops when told to', async () => {
      const { store } = await setup()
      await store.put(noteKey('a'), note(1))
      await store.put(noteKey('b'), note(1))
      const reason = new Error('enough')
      const controller = new AbortController()
      const reading = (async () => {
        for await (const _ of store.query(noteKey(''), { signal: controller.signal })) controller.abort(reason)
      })()
      await expect(reading).rejects.toBe(reason)
    })

    has('delete')('forgets what is deleted', async () => {
      const { store } = await setup()
      await store.put(noteKey('a'), note(2))
      await store.delete(noteKey('a'))
      await expect(store.get(noteKey('a'))).rejects.toMatchObject({ name: 'NotFoundError' })
      await store.delete(noteKey('a'))
      expect(await store.put(noteKey('a'), note(1))).toBe(true)
    })

    has('subscribe')('tells subscribers what is new, until they have enough', async () => {
      const { store, other } = await setup()
      const heard: string[] = []
      const undo = other.subscribe(noteKey('a'), ({ value }) => heard.push(text(value)))
      await store.put(noteKey('b'), note(1, 'another'))
      await store.put(noteKey('a'), note(2))
      await expect.poll(() => heard).toEqual([text(note(2))])
      await store.put(noteKey('a'), note(1))
      await store.put(noteKey('a'), note(3))
      await expect.poll(() => heard).toEqual([text(note(2)), text(note(3))])
      undo()
      undo()
      await store.put(noteKey('a'), note(4))
      expect(text(await other.get(noteKey('a')))).toBe(text(note(4)))
      expect(heard).toHaveLength(2)
    })
  })
}

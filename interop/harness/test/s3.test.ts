import { randomUUID } from 'node:crypto'
import { createRecordStore, type RecordMedium } from '@ts-libp2p/record-store'
import { s3Medium } from '@ts-libp2p/record-store/s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordStoreCompliance } from '../../../packages/record-store/test/compliance.ts'
import { note, noteKey, text, validators } from '../../../packages/record-store/test/records.ts'
import { type S3Server, startS3Server } from '../src/s3-server.ts'

let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
}, 600_000)
afterAll(() => server.stop())

/** One of many writers to the same objects. */
const medium = (prefix: string, more: object = {}): RecordMedium => s3Medium({ ...server, prefix, ...more })

recordStoreCompliance('in an object store', {
  can: ['query', 'delete'],
  setup: async () => {
    const prefix = `${randomUUID()}/a & b/`
    return { medium: medium(prefix), other: medium(prefix) }
  },
  plant: (medium, key, value) => medium.update(key, async () => value, {})
})

describe('an object store', () => {
  it('lists more than a page', async () => {
    const store = createRecordStore({ medium: medium('pages/'), validators })
    const names = Array.from({ length: 1001 }, (_, i) => String(i))
    while (names.length > 0) {
      await Promise.all(names.splice(0, 50).map(name => store.put(noteKey(name), note(1, name))))
    }
    const found = new Set<string>()
    for await (const { key } of store.query(noteKey(''))) found.add(text(key))
    expect(found.size).toBe(1001)
  })

  it('a write never undoes a better one that came between its reading and its writing', async () => {
    const [slow, fast] = [medium('race/'), medium('race/')]
    const seen: string[][] = []
    await slow.update(
      noteKey('a'),
      async found => {
        seen.push(found.map(text))
        if (seen.length === 1) await fast.update(noteKey('a'), async () => note(5), {})
        return note(1)
      },
      {}
    )
    await slow.update(
      noteKey('a'),
      async found => {
        seen.push(found.map(text))
        if (seen.length === 3) await fast.remove?.(noteKey('a'), {})
        return note(2)
      },
      {}
    )
    expect(seen).toEqual([[], [text(note(5))], [text(note(1))], []])
  })

  it.each([
    ['a wrong key', { secretAccessKey: 'wrong' }, /SignatureDoesNotMatch/],
    ['a bucket that is not there', { bucketUrl: 'http://127.0.0.1:0/x' }, /could not/]
  ])('%s is told of', async (_, more, message) => {
    const store = createRecordStore({ medium: medium('x/', more), validators })
    await expect(store.put(noteKey('a'), note(1))).rejects.toThrow(message)
  })

  it('a bucket that is not there is not an absent record', async () => {
    const store = createRecordStore({
      medium: medium('x/', { bucketUrl: server.bucketUrl.replace(/records$/, 'nothing') }),
      validators
    })
    const missing = {
      name: 'RecordStoreError',
      code: 'medium-failed',
      message: expect.stringContaining('NoSuchBucket')
    }
    await expect(store.get(noteKey('a'))).rejects.toMatchObject(missing)
    await expect(store.put(noteKey('a'), note(1))).rejects.toMatchObject(missing)
    await expect(store.query(noteKey('a'))[Symbol.asyncIterator]().next()).rejects.toMatchObject(missing)
  })
})

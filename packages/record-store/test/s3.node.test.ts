/** How the medium speaks S3, and what bad answers do to it. That a real object store understands: `interop/`. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VirtualClock } from '@ts-libp2p/testing'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createRecordStore,
  MAX_S3_ANSWER_BYTES,
  MAX_WRITE_CONFLICTS,
  type RecordStore,
  S3_RETRIES,
  S3_TIMEOUT_MS
} from '../src/index.ts'
import { parseListing } from '../src/media/s3-answers.ts'
import { seal } from '../src/media/sealed.ts'
import { s3Medium } from '../src/s3.ts'
import { note, noteKey, text, validators } from './records.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const fn of undo.splice(0)) await fn()
})

const failure = expect.objectContaining({ name: 'RecordStoreError', code: 'medium-failed' })
const NOT_FOUND: Answer = (_, response) => response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
const object =
  (n: number, headers: Record<string, string> = { etag: `"${n}"` }): Answer =>
  (_, response) =>
    response.writeHead(200, headers).end(seal(noteKey('a'), note(n), 0))
const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end()

/** An object store that gives these answers, the last of them for ever. */
async function storeThatAnswers(
  ...answers: Answer[]
): Promise<{ store: RecordStore; clock: VirtualClock; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const { 'if-match': match, 'if-none-match': none, authorization = '' } = request.headers
    const condition = [match && `if-match ${match}`, none && `if-none-match ${none}`].filter(Boolean).join()
    requests.push([request.method, request.url, condition].filter(Boolean).join(' '))
    expect(authorization).toContain('Credential=me/')
    request.resume()
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const clock = new VirtualClock()
  const bucketUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket/`
  const medium = s3Medium({ bucketUrl, accessKeyId: 'me', secretAccessKey: 'secret', clock })
  return { store: createRecordStore({ medium, validators, clock }), clock, requests }
}

const PATH = '/bucket/records/2f6e6f74652f61'

describe('what is asked', () => {
  it('a new object is written only where there is none', async () => {
    const { store, requests } = await storeThatAnswers(NOT_FOUND, status(200))
    expect(await store.put(noteKey('a'), note(1))).toBe(true)
    expect(requests).toEqual([`GET ${PATH}`, `PUT ${PATH} if-none-match *`])
  })

  it('an object is replaced only as it was read', async () => {
    const { store, requests } = await storeThatAnswers(object(1), status(200))
    expect(await store.put(noteKey('a'), note(2))).toBe(true)
    expect(requests).toEqual([`GET ${PATH}`, `PUT ${PATH} if-match "1"`])
  })

  it.each([412, 409, 404])('when another was faster (%d), it reads and decides again', async code => {
    const { store, requests } = await storeThatAnswers(object(1), status(code), object(3))
    expect(await store.put(noteKey('a'), note(2))).toBe(false)
    expect(requests).toEqual([`GET ${PATH}`, `PUT ${PATH} if-match "1"`, `GET ${PATH}`])
  })

  it('nothing is written where the same is already', async () => {
    const { store, requests } = await storeThatAnswers(object(1))
    expect(await store.put(noteKey('a'), note(1))).toBe(true)
    expect(requests).toEqual([`GET ${PATH}`])
  })

  it('a request is repeated when the object store is busy', async () => {
    const { store, requests } = await storeThatAnswers(status(503), status(500), object(1))
    expect(text(await store.get(noteKey('a')))).toBe(text(note(1)))
    expect(requests).toHaveLength(3)
  })

  it('deleting what is not there is no error', async () => {
    const { store, requests } = await storeThatAnswers(NOT_FOUND)
    await store.delete(noteKey('a'))
    expect(requests).toEqual([`DELETE ${PATH}`])
  })
})

describe('bad answers', () => {
  it('an error is told of with its number and code', async () => {
    const denied: Answer = (_, response) => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
    const { store } = await storeThatAnswers(denied)
    await expect(store.get(noteKey('a'))).rejects.toThrow(/with 403 AccessDenied/)
    await expect(store.put(noteKey('a'), note(1))).rejects.toEqual(failure)
    await expect(store.delete(noteKey('a'))).rejects.toEqual(failure)
  })

  it('a store that stays busy is given up', async () => {
    const { store, requests } = await storeThatAnswers(status(500))
    await expect(store.get(noteKey('a'))).rejects.toEqual(failure)
    expect(requests).toHaveLength(S3_RETRIES + 1)
  })

  it('writers that are always faster are given way to', async () => {
    const answers = Array.from({ length: MAX_WRITE_CONFLICTS }, () => [object(1), status(412)]).flat()
    const { store, requests } = await storeThatAnswers(...answers, status(500))
    await expect(store.put(noteKey('a'), note(2))).rejects.toMatchObject({ code: 'conflict' })
    expect(requests).toHaveLength(2 * MAX_WRITE_CONFLICTS)
  })

  it('an object without an ETag could not be replaced safely', async () => {
    const { store } = await storeThatAnswers(object(1, {}))
    await expect(store.put(noteKey('a'), note(2))).rejects.toEqual(failure)
  })

  it.each<[string, Answer]>([
    ['an object', (_, response) => response.writeHead(200, { etag: '"1"' })],
    ['an error', (_, response) => response.writeHead(403)]
  ])('%s that never ends is not read to its end', async (_, begin) => {
    const { store } = await storeThatAnswers((request, response) => {
      begin(request, response)
      const more = (): void => {
        while (response.write(new Uint8Array(MAX_S3_ANSWER_BYTES / 16)));
      }
      response.on('drain', more)
      more()
    })
    await expect(store.get(noteKey('a'))).rejects.toThrow(/more than \d+ bytes/)
  })

  it('one that does not come in time is not waited for', async () => {
    const { store, clock, requests } = await storeThatAnswers(() => {})
    const failed = expect(store.get(noteKey('a'))).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect.poll(() => requests.length).toBe(1)
    await clock.advance(S3_TIMEOUT_MS)
    await failed
    expect(clock.pendingTimers).toBe(0)
  })

  it('one that is not wanted any more is not waited for', async () => {
    const { store, requests } = await storeThatAnswers(() => {})
    const controller = new AbortController()
    const reason = new Error('enough')
    const failed = expect(store.get(noteKey('a'), controller)).rejects.toBe(reason)
    await expect.poll(() => requests.length).toBe(1)
    controller.abort(reason)
    await failed
  })

  it('a list that is none', async () => {
    const { store } = await storeThatAnswers((_, response) => response.end('<html>'))
    await expect(store.query(noteKey(''))[Symbol.asyncIterator]().next()).rejects.toEqual(failure)
  })

  it('a list that says it goes on for ever', async () => {
    const page = '<ListBucketResult><IsTruncated>true</IsTruncated><Key>records/x</Key></ListBucketResult>'
    const { store, requests } = await storeThatAnswers((request, response) => {
      if (request.url?.includes('list-type') === true) response.end(page)
      else NOT_FOUND(request, response)
    })
    for await (const _ of store.query(noteKey(''))) expect.unreachable()
    expect(requests.filter(line => line.includes('list-type'))).toHaveLength(2)
  })
})

describe('options', () => {
  it.each(['', 'bucket', 'ftp://host/bucket', 'https://host/bucket?x', 'https://'])('no bucket is at %j', bucketUrl => {
    const options = { bucketUrl, accessKeyId: 'me', secretAccessKey: 'secret' }
    expect(() => s3Medium(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})

describe('names in a list', () => {
  it.each([
    ['a/b', 'a/b'],
    ['a &amp; b', 'a & b'],
    ['&lt;&gt;&quot;&apos;', `<>"'`],
    ['&#38;&#x26;', '&&'],
    ['&nbsp;&#x110000;', '&nbsp;&#x110000;'],
    ['&amp;lt;', '&lt;']
  ])('%s is %s', (xml, name) => {
    const listing = parseListing(`<ListBucketResult><Contents><Key>${xml}</Key></Contents></ListBucketResult>`)
    expect(listing).toEqual({ names: [name], isTruncated: false })
  })
})

import { bytesEqual } from '@ts-libp2p/bytes'
import { type AbortOptions, type Clock, InvalidParametersError, TimeoutError } from '@ts-libp2p/interface'
import { systemClock } from '@ts-libp2p/stream'
import { AwsClient } from 'aws4fetch'
import { RecordStoreError } from '../errors.ts'
import {
  MAX_KEY_BYTES,
  MAX_S3_ANSWER_BYTES,
  MAX_VALUE_BYTES,
  MAX_WRITE_CONFLICTS,
  S3_PAGE_KEYS,
  S3_RETRIES,
  S3_TIMEOUT_MS
} from '../limits.ts'
import type { Decide, RecordMedium, StoredRecord } from '../medium.ts'
import { type Answer, answerOf, parseListing } from './s3-answers.ts'
import { seal, textOf, unseal, unsealListed } from './sealed.ts'

export interface S3MediumOptions {
  /** The bucket: `https://<host>/<bucket>`, or `https://<bucket>.<host>`. */
  readonly bucketUrl: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Default `us-east-1`, which is also what most stores other than Amazon's expect. */
  readonly region?: string
  /** What the objects' names begin with. Default `records/`. */
  readonly prefix?: string
  /** Milliseconds that one request may take, its repetitions included. Default 30,000. */
  readonly timeoutMs?: number
  /** Default: the system's. */
  readonly clock?: Clock
}

/** An object as it was read: what is in it, and what a write says to mean this state of it. */
interface Found {
  readonly bytes: Uint8Array
  readonly etag: string
}

/** Key, value, and besides them tags, lengths and the time. */
const MAX_OBJECT_BYTES: number = MAX_KEY_BYTES + MAX_VALUE_BYTES + 64

/**
 * Records as objects, one for each key. A write is conditional on what was read before (`If-Match`, `If-None-Match`), so
 * of two writers at once neither undoes the other's better record; the object store must know these headers on PUT, as
 * Amazon's, MinIO's and most others do since 2024.
 */
export function s3Medium(options: S3MediumOptions): RecordMedium {
  return new S3Medium(options)
}

class S3Medium implements RecordMedium {
  readonly name = 'object store'
  private readonly client: AwsClient
  private readonly bucketUrl: string
  private readonly prefix: string
  private readonly timeoutMs: number
  private readonly clock: Clock

  constructor(options: S3MediumOptions) {
    const { accessKeyId, secretAccessKey, sessionToken, region = 'us-east-1' } = options
    this.bucketUrl = checkedUrl(options.bucketUrl)
    this.prefix = options.prefix ?? 'records/'
    this.timeoutMs = options.timeoutMs ?? S3_TIMEOUT_MS
    this.clock = options.clock ?? systemClock
    this.client = new AwsClient({
      ...{ accessKeyId, secretAccessKey, sessionToken, region },
      service: 's3',
      retries: S3_RETRIES
    })
  }

  async read(key: Uint8Array, options: AbortOptions): Promise<readonly Uint8Array[]> {
    const found = await this.object(textOf(key), options)
    return found === undefined ? [] : [unseal(key, found.bytes).value]
  }

  async update(key: Uint8Array, decide: Decide, options: AbortOptions): Promise<void> {
    for (let attempt = 0; attempt < MAX_WRITE_CONFLICTS; attempt++) {
      const found = await this.object(textOf(key), options)
      const values = found === undefined ? [] : unsealListed(textOf(key), found.bytes).map(({ value }) => value)
      const value = await decide(values)
      if (value === undefined || values.some(known => bytesEqual(known, value))) return
      if (await this.write(key, value, found?.etag, options)) return
    }
    throw new RecordStoreError('conflict', `${MAX_WRITE_CONFLICTS} times another writer was faster with ${textOf(key)}`)
  }

  async remove(key: Uint8Array, options: AbortOptions): Promise<void> {
    const answer = await this.request(this.urlOf(textOf(key)), { method: 'DELETE', ...options })
    if (answer.isOk || isAbsent(answer)) return
    throw refused('DELETE', answer)
  }

  async *list(prefix: Uint8Array, options: AbortOptions): AsyncGenerator<StoredRecord> {
    let after = ''
    for (;;) {
      const { names, isTruncated } = await this.page(this.prefix + textOf(prefix), after, options)
      for (const name of names) yield* await this.listed(name.slice(this.prefix.length), options)
      const last = names.at(-1) ?? ''
      if (!isTruncated || last <= after) return
      after = last
    }
  }

  private async listed(name: string, options: AbortOptions): Promise<StoredRecord[]> {
    const found = await this.object(name, options)
    return found === undefined ? [] : unsealListed(name, found.bytes)
  }

  /** False when the object is not any more as it was read. */
  private async write(
    key: Uint8Array,
    value: Uint8Array,
    etag: string | undefined,
    options: AbortOptions
  ): Promise<boolean> {
    const condition: Record<string, string> = etag === undefined ? { 'if-none-match': '*' } : { 'if-match': etag }
    const body = new Uint8Array(seal(key, value, this.clock.now()))
    const answer = await this.request(this.urlOf(textOf(key)), { method: 'PUT', headers: condition, body, ...options })
    if (answer.isOk) return true
    // 409: two conditional writes at the same moment. Absent: the object to be replaced was deleted.
    if (answer.status === 412 || answer.status === 409 || isAbsent(answer)) return false
    throw refused('PUT', answer)
  }

  private async object(name: string, options: AbortOptions): Promise<Found | undefined> {
    const answer = await this.request(this.urlOf(name), { method: 'GET', ...options }, MAX_OBJECT_BYTES)
    if (isAbsent(answer)) return undefined
    if (!answer.isOk) throw refused('GET', answer)
    if (answer.etag === undefined) {
      throw new RecordStoreError('medium-failed', 'the object store gave an object without an ETag')
    }
    return { bytes: answer.body, etag: answer.etag }
  }

  private async page(
    prefix: string,
    after: string,
    options: AbortOptions
  ): Promise<{ names: string[]; isTruncated: boolean }> {
    const query = {
      'list-type': '2',
      'max-keys': String(S3_PAGE_KEYS),
      prefix,
      ...(after === '' ? {} : { 'start-after': after })
    }
    const answer = await this.request(`${this.bucketUrl}/?${queryText(query)}`, { method: 'GET', ...options })
    if (!answer.isOk) throw refused('GET', answer)
    return parseListing(new TextDecoder().decode(answer.body))
  }

  private async request(url: string, init: RequestInit & AbortOptions, limitBytes?: number): Promise<Answer> {
    const late = new AbortController()
    const stop = this.clock.after(this.timeoutMs, () =>
      late.abort(new TimeoutError(`the object store did not answer within ${this.timeoutMs} ms`))
    )
    const signal = init.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal
    try {
      return await answerOf(await this.client.fetch(url, { ...init, signal }), limitBytes ?? MAX_S3_ANSWER_BYTES)
    } finally {
      stop()
    }
  }

  private urlOf(name: string): string {
    const path = (this.prefix + name).split('/').map(encodeURIComponent).join('/')
    return `${this.bucketUrl}/${path}`
  }
}

function checkedUrl(text: string): string {
  if (/^https?:\/\/[^?#]+$/.test(text)) return text.replace(/\/+$/, '')
  throw new InvalidParametersError(`\`bucketUrl\` must be the http(s) URL of a bucket, not ${JSON.stringify(text)}`)
}

/** Not `URLSearchParams`, which writes a space as `+`: that means a plus here. */
function queryText(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

/** The object is not there; the bucket is. */
function isAbsent({ status, code }: Answer): boolean {
  return status === 404 && code !== 'NoSuchBucket'
}

function refused(method: string, { status, code, url }: Answer): RecordStoreError {
  const why = code === undefined ? String(status) : `${status} ${code}`
  return new RecordStoreError('medium-failed', `the object store answered ${method} ${url} with ${why}`)
}

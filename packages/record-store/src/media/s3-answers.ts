import { concat } from '@ts-libp2p/bytes'
import { RecordStoreError } from '../errors.ts'
import { MAX_S3_ANSWER_BYTES } from '../limits.ts'

export interface Answer {
  readonly url: string
  readonly status: number
  readonly isOk: boolean
  readonly etag: string | undefined
  /** Of an error, e.g. `NoSuchBucket`. */
  readonly code: string | undefined
  readonly body: Uint8Array
}

/** The whole answer. One that is longer than expected is not read to its end: throws a `RecordStoreError`. */
export async function answerOf(response: Response, limitBytes: number): Promise<Answer> {
  const { url, status, ok: isOk, headers } = response
  const body = await bodyOf(response, isOk ? limitBytes : MAX_S3_ANSWER_BYTES)
  const code = isOk ? undefined : /<Code>(\w+)<\/Code>/.exec(new TextDecoder().decode(body))?.[1]
  return { url, status, isOk, etag: headers.get('etag') ?? undefined, code, body }
}

async function bodyOf({ body }: Response, limitBytes: number): Promise<Uint8Array> {
  const reader = body?.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    length += next.value.byteLength
    if (length > limitBytes) {
      await reader?.cancel()
      throw new RecordStoreError('medium-failed', `the object store answered with more than ${limitBytes} bytes`)
    }
    chunks.push(next.value)
  }
  return concat(chunks)
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The names on a page of ListObjectsV2. Machines write these answers, all in one form: this takes no XML parser. */
export function parseListing(xml: string): { names: string[]; isTruncated: boolean } {
  if (!xml.includes('<ListBucketResult')) {
    throw new RecordStoreError('medium-failed', 'the object store answered a list request with something else')
  }
  const names = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(match => unescapeXml(match[1] as string))
  return { names, isTruncated: /<IsTruncated>\s*true\s*</.test(xml) }
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:(\w+)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi, (whole, name, decimal, hex) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

import type { AbortOptions } from '@ts-libp2p/interface'
import type { DnsLookup } from './dns.ts'
import { MultiaddrError } from './errors.ts'
import { MAX_DOH_RESPONSE_BYTES } from './limits.ts'

// Record types, https://www.iana.org/assignments/dns-parameters
const TYPES = { A: 1, AAAA: 28, TXT: 16 } as const

type RecordType = keyof typeof TYPES

/** Asks a DNS-over-HTTPS service in its JSON form: https://developers.google.com/speed/public-dns/docs/doh/json */
export function dnsOverHttps(endpoint: string): DnsLookup {
  return {
    a: (name, options) => ask(endpoint, name, 'A', options),
    aaaa: (name, options) => ask(endpoint, name, 'AAAA', options),
    txt: async (name, options) => (await ask(endpoint, name, 'TXT', options)).map(unquoted)
  }
}

async function ask(endpoint: string, name: string, type: RecordType, { signal }: AbortOptions = {}): Promise<string[]> {
  signal?.throwIfAborted()
  try {
    const response = await fetch(questionUrl(endpoint, name, type), {
      headers: { accept: 'application/dns-json' },
      signal: signal ?? null
    })
    if (!response.ok) throw new Error(`HTTP status ${response.status}`)
    return answersOf(JSON.parse(await limitedText(response)), type)
  } catch (cause) {
    signal?.throwIfAborted()
    throw new MultiaddrError('dns-failed', `${endpoint} gave no ${type} records of ${name}`, { cause })
  }
}

function questionUrl(endpoint: string, name: string, type: RecordType): URL {
  const url = new URL(endpoint)
  url.searchParams.set('name', name)
  url.searchParams.set('type', type)
  return url
}

async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of chunksOf(response)) {
    length += chunk.byteLength
    if (length > MAX_DOH_RESPONSE_BYTES) throw new Error(`answer is over ${MAX_DOH_RESPONSE_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

// Not every browser can iterate a stream. Leaving early cancels the download.
async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel()
  }
}

function answersOf(body: unknown, type: RecordType): string[] {
  const { Status: status, Answer: answers } = body as { Status?: unknown; Answer?: unknown }
  if (status !== 0) throw new Error(`DNS status ${status}`)
  if (!Array.isArray(answers)) return []
  // A chain of aliases comes with the answer; only the records asked for count.
  return answers.filter(answer => answer?.type === TYPES[type]).map(answer => String(answer.data))
}

/** Some services give TXT data as it stands in a zone file: one or more quoted strings. */
function unquoted(data: string): string {
  if (!data.startsWith('"')) return data
  const strings = data.matchAll(/"((?:[^"\\]|\\.)*)"/g)
  return Array.from(strings, ([, text = '']) => text.replace(/\\(.)/g, '$1')).join('')
}

import { BytesError, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { MAX_DNS_NAME_BYTES } from '../limits.ts'
import { always, INVALID, never, put, type ValueCodec } from './codec.ts'

const SLASH = 0x2f
const LONE_SURROGATE = /\p{Surrogate}/u

/** Not checked further: internationalised names and names with `_` are in use. */
export const dnsName: ValueCodec = {
  ...utf8('a DNS name', isPrintable),
  check: (bytes, start, end) => end - start <= MAX_DNS_NAME_BYTES && isUtf8(bytes, start, end, isPrintable),
  parse(text, start, end, target, at) {
    const stop = parseUtf8(text, start, end, target, at, isPrintable)
    return stop - at > MAX_DNS_NAME_BYTES ? INVALID : stop
  }
}

export const zone: ValueCodec = utf8('a zone name', isPrintable)

/** The rest of the address, with its leading slash. The table calls it a path protocol: nothing can follow. */
export const unixPath: ValueCodec = {
  expects: 'a path that ends in a name',
  parse(text, start, end, target, at) {
    if (text.charCodeAt(end - 1) === SLASH) return INVALID
    target[at] = SLASH
    return parseUtf8(text, start, end, target, at + 1, isNotNul)
  },
  check: (bytes, start, end) =>
    end - start > 1 && bytes[start] === SLASH && bytes[end - 1] !== SLASH && isUtf8(bytes, start, end, isNotNul),
  format: formatUtf8,
  escape: value => (value.startsWith('/') ? value.slice(1) : value),
  printsAsRead: always
}

/** Percent-encoded in the address (RFC 3986), plain in the bytes and the component. */
export const httpPath: ValueCodec = {
  expects: 'a percent-encoded path',
  parse(text, start, end, target, at) {
    const path = percentDecoded(text.slice(start, end))
    return path === undefined ? INVALID : putUtf8(path, target, at)
  },
  check: (bytes, start, end) => isUtf8(bytes, start, end, always),
  format: formatUtf8,
  escape: value =>
    encodeURIComponent(value).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  printsAsRead: never
}

/** False for text that UTF-8 cannot carry: it would be changed without a word. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

function utf8(expects: string, isAllowed: (code: number) => boolean): ValueCodec {
  return {
    expects,
    parse: (text, start, end, target, at) => parseUtf8(text, start, end, target, at, isAllowed),
    check: (bytes, start, end) => isUtf8(bytes, start, end, isAllowed),
    format: formatUtf8,
    printsAsRead: always
  }
}

function isPrintable(code: number): boolean {
  return code > 0x20 && code !== SLASH && code !== 0x7f
}

function isNotNul(code: number): boolean {
  return code !== 0
}

function parseUtf8(
  text: string,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  isAllowed: (code: number) => boolean
): number {
  let ascii = true
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (!isAllowed(code)) return INVALID
    if (code > 0x7f) ascii = false
    target[at + i - start] = code
  }
  return ascii ? at + end - start : putUtf8(text.slice(start, end), target, at)
}

function putUtf8(text: string, target: Uint8Array, at: number): number {
  return isWellFormed(text) ? put(fromUtf8(text), target, at) : INVALID
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function isUtf8(bytes: Uint8Array, start: number, end: number, isAllowed: (code: number) => boolean): boolean {
  let ascii = true
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (!isAllowed(byte)) return false
    if (byte > 0x7f) ascii = false
  }
  return ascii || isMultibyteUtf8(bytes.subarray(start, end))
}

function isMultibyteUtf8(bytes: Uint8Array): boolean {
  try {
    toUtf8(bytes)
    return true
  } catch (error) {
    if (error instanceof BytesError) return false
    throw error
  }
}

function formatUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte > 0x7f) return toUtf8(bytes.subarray(start, end))
    text += String.fromCharCode(byte)
  }
  return text
}

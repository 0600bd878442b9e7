import { BytesError, Cursor } from '@ts-libp2p/bytes'
import { MultiaddrError } from './errors.ts'
import { MAX_ADDRESS_BYTES, MAX_COMPONENTS } from './limits.ts'
import { type ProtocolRow, rowByCode, VARIABLE } from './protocols.ts'

/** Where a component lies in the bytes of its address: its code at `start`, its value from `value` to `end`. */
export interface Span {
  readonly protocol: ProtocolRow
  readonly start: number
  readonly value: number
  readonly end: number
}

/** Throws a `MultiaddrError` unless the bytes are components of known protocols, whole, with valid values. */
export function checkBytes(bytes: Uint8Array): void {
  if (bytes.byteLength === 0) throw new MultiaddrError('malformed', 'an address has one component or more: no bytes')
  checkSize(bytes.byteLength)
  const cursor = new Cursor(bytes)
  let path: Span | undefined
  for (let count = 1; cursor.remaining > 0; count++) {
    if (path !== undefined) throw followsPath(path)
    checkCount(count)
    const span = readSpan(cursor)
    checkValue(bytes, span)
    if (span.protocol.path) path = span
  }
}

export function checkSize(byteLength: number): void {
  if (byteLength > MAX_ADDRESS_BYTES) {
    throw new MultiaddrError(
      'too-large',
      `an address has at most ${MAX_ADDRESS_BYTES} bytes: over by ${byteLength - MAX_ADDRESS_BYTES}`
    )
  }
}

export function checkCount(count: number): void {
  if (count > MAX_COMPONENTS)
    throw new MultiaddrError('too-large', `an address has at most ${MAX_COMPONENTS} components`)
}

/** The components of checked bytes. */
export function readSpans(bytes: Uint8Array): Span[] {
  const cursor = new Cursor(bytes)
  const spans: Span[] = []
  while (cursor.remaining > 0) spans.push(readSpan(cursor))
  // Of exact size: addresses are kept, and a list that was pushed to has room for 16 more.
  return spans.slice()
}

/** What a component carries as its value: undefined where the protocol has none. */
export function spanValue(bytes: Uint8Array, span: Span): string | undefined {
  return span.protocol.codec?.format(bytes, span.value, span.end)
}

/** `/tcp/4001` */
export function spanText(bytes: Uint8Array, { protocol, value, end }: Span): string {
  const { codec } = protocol
  if (codec === undefined) return `/${protocol.name}`
  const text = codec.format(bytes, value, end)
  return `/${protocol.name}/${codec.escape === undefined ? text : codec.escape(text)}`
}

export function followsPath(path: Span): MultiaddrError {
  return new MultiaddrError(
    'malformed',
    `nothing can follow /${path.protocol.name}, whose value is the rest of the address`
  )
}

function readSpan(cursor: Cursor): Span {
  const start = cursor.offset
  const protocol = readProtocol(cursor)
  const length = protocol.size === VARIABLE ? readNumber(cursor) : protocol.size / 8
  const value = cursor.offset
  if (length > cursor.remaining) throw truncated(`${protocol.name} value of ${length} bytes`)
  cursor.offset = value + length
  return { protocol, start, value, end: cursor.offset }
}

function readProtocol(cursor: Cursor): ProtocolRow {
  const code = readNumber(cursor)
  const protocol = rowByCode(code)
  if (protocol === undefined) throw new MultiaddrError('unknown-protocol', `no protocol has the code ${code}`)
  return protocol
}

function readNumber(cursor: Cursor): number {
  try {
    return cursor.varint()
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause
    if (cause.code === 'truncated') throw truncated('varint', cause)
    throw new MultiaddrError('malformed', `address has a broken varint at byte ${cursor.offset}`, { cause })
  }
}

function checkValue(bytes: Uint8Array, { protocol, value, end }: Span): void {
  const { codec, name } = protocol
  if (codec === undefined) return
  if (value === end) throw new MultiaddrError('missing-value', `${name} has an empty value`)
  if (codec.check(bytes, value, end)) return
  throw new MultiaddrError('invalid-value', `value of ${name}, ${end - value} bytes, is not ${codec.expects}`)
}

function truncated(what: string, cause?: Error): MultiaddrError {
  return new MultiaddrError('truncated', `address ends inside a ${what}`, { cause })
}

import { varintLength, writeVarint } from '@ts-libp2p/bytes'
import type { Component } from '@ts-libp2p/interface'
import { checkBytes, checkCount, checkSize, readSpans } from './decode.ts'
import { MultiaddrError } from './errors.ts'
import { MAX_ADDRESS_BYTES, MAX_ADDRESS_CHARS } from './limits.ts'
import { type ProtocolRow, rowByCode, rowByName, VARIABLE } from './protocols.ts'
import { INVALID, put } from './values/codec.ts'
import { isWellFormed } from './values/text.ts'

const SLASH = 0x2f
const MAX_QUOTED_CHARS = 100

// Filled from the front and copied out. Nothing calls back while it is in use, so one is enough.
const scratch = new Uint8Array(MAX_ADDRESS_BYTES)

export interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The input, when that is also what these bytes print as. */
  readonly canonical: string | undefined
}

/** Reads `/name/value/name/…`. Slashes at the end are ignored, as go does. Throws a `MultiaddrError`. */
export function encodeText(text: string): Encoded {
  const end = contentEnd(text)
  let at = 0
  let canonical = end === text.length
  for (let next = 1, count = 1; next < end; count++) {
    checkCount(count)
    const nameEnd = partEnd(text, next, end)
    const name = text.slice(next, nameEnd)
    const protocol = protocolNamed(name, text)
    at = writeVarint(protocol.code, scratch, at)
    next = nameEnd + 1
    if (protocol.codec !== undefined) {
      const valueEnd = protocol.path ? end : partEnd(text, next, end)
      at = writeValue(protocol, text, next, valueEnd, at)
      canonical &&= protocol.codec.printsAsRead(text, next)
      next = valueEnd + 1
    }
    canonical &&= name === protocol.name
    checkSize(at)
  }
  return { bytes: scratch.slice(0, at), canonical: canonical ? text : undefined }
}

/** The bytes of components in their order; those that bring their own are taken at their word, after a check. */
export function encodeComponents(components: readonly Component[]): Uint8Array<ArrayBuffer> {
  checkCount(components.length)
  let at = 0
  let isClosed = false
  for (const component of components) {
    const protocol = protocolOf(component)
    if (isClosed) throw new MultiaddrError('malformed', `nothing can follow a path: ${protocol.name} does`)
    at =
      component.bytes === undefined
        ? writeComponent(protocol, component, at)
        : copyComponent(protocol, component.bytes, at)
    isClosed = protocol.path
    checkSize(at)
  }
  return scratch.slice(0, at)
}

function contentEnd(text: string): number {
  if (text.length > MAX_ADDRESS_CHARS) {
    throw new MultiaddrError('too-large', `an address has at most ${MAX_ADDRESS_CHARS} characters, not ${text.length}`)
  }
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === SLASH) end--
  if (end === 0 || text.charCodeAt(0) !== SLASH) {
    throw new MultiaddrError('malformed', `an address begins with a slash and a protocol: ${quote(text)}`)
  }
  return end
}

function partEnd(text: string, from: number, end: number): number {
  const slash = text.indexOf('/', from)
  return slash < 0 || slash > end ? end : slash
}

function protocolNamed(name: string, text: string): ProtocolRow {
  const protocol = rowByName(name)
  if (protocol !== undefined) return protocol
  throw new MultiaddrError('unknown-protocol', `no protocol is called ${quote(name)}, in ${quote(text)}`)
}

function protocolOf({ code, name }: Component): ProtocolRow {
  const protocol = rowByCode(code)
  if (protocol === undefined) throw new MultiaddrError('unknown-protocol', `no protocol has the code ${code}`)
  if (rowByName(name) === protocol) return protocol
  throw new MultiaddrError(
    'malformed',
    `component has the code of ${protocol.name} and the name ${quote(String(name))}`
  )
}

function writeComponent(protocol: ProtocolRow, { value }: Component, at: number): number {
  const { codec, name } = protocol
  const next = writeVarint(protocol.code, scratch, at)
  if (codec === undefined) {
    if (value === undefined) return next
    throw new MultiaddrError('invalid-value', `${name} takes no value: ${quote(String(value))}`)
  }
  if (value === undefined || value === '') throw missingValue(protocol)
  if (typeof value !== 'string' || !isWellFormed(value)) throw invalidValue(protocol, String(value))
  const text = codec.escape === undefined ? value : codec.escape(value)
  return writeValue(protocol, text, 0, text.length, next)
}

function copyComponent(protocol: ProtocolRow, bytes: Uint8Array, at: number): number {
  checkBytes(bytes)
  const [span, more] = readSpans(bytes)
  if (span?.protocol === protocol && more === undefined) return put(bytes, scratch, at)
  throw new MultiaddrError('malformed', `component ${protocol.name} has the bytes of something else`)
}

function writeValue(protocol: ProtocolRow, text: string, start: number, end: number, at: number): number {
  if (start >= end) throw missingValue(protocol)
  const from = protocol.size === VARIABLE ? at + 1 : at
  const stop = protocol.codec?.parse(text, start, end, scratch, from) ?? INVALID
  if (stop === INVALID) throw invalidValue(protocol, text.slice(start, end))
  return from === at ? stop : writeLength(at, from, stop)
}

// One byte was kept free for the length; the few values of 128 bytes or more move on to make room for a second.
function writeLength(at: number, from: number, stop: number): number {
  const header = varintLength(stop - from)
  if (header > 1) scratch.copyWithin(at + header, from, stop)
  writeVarint(stop - from, scratch, at)
  return stop + header - 1
}

function missingValue({ name }: ProtocolRow): MultiaddrError {
  return new MultiaddrError('missing-value', `${name} needs a value`)
}

function invalidValue({ name, codec }: ProtocolRow, value: string): MultiaddrError {
  return new MultiaddrError('invalid-value', `${name} value ${quote(value)} is not ${codec?.expects}`)
}

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text)
}

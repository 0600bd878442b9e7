import { bytesEqual } from '@ts-libp2p/bytes'
import { type Component, isMultiaddr, type Multiaddr, type MultiaddrInput, multiaddrSymbol } from '@ts-libp2p/interface'
import { checkBytes, checkCount, checkSize, followsPath, readSpans, type Span, spanText, spanValue } from './decode.ts'
import { encodeComponents, encodeText } from './encode.ts'
import { MultiaddrError } from './errors.ts'

const inspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * An address from text, bytes, components or another implementation's multiaddr. `''`, `'/'` and null make the empty
 * address, which prints as `/`. Bytes are copied.
 *
 * Throws a `MultiaddrError` for anything that is not a whole, valid address of known protocols.
 *
 * @example
 * multiaddr('/ip4/127.0.0.1/tcp/4001').bytes // 04 7f000001 06 0fa1
 */
export function multiaddr(input?: MultiaddrInput): Multiaddr {
  if (typeof input === 'string') return input === '' || input === '/' ? new Address(new Uint8Array(0)) : fromText(input)
  if (input instanceof Uint8Array) return fromBytes(input)
  if (input === null || input === undefined) return new Address(new Uint8Array(0))
  if (Array.isArray(input)) return new Address(encodeComponents(input))
  if (isMultiaddr(input)) return own(input)
  throw new MultiaddrError('malformed', `an address is text, bytes, components or a multiaddr, not ${typeof input}`)
}

/** The components of an address in its bytes; nothing is formatted. Not for changing. */
export function spansOf(ma: Multiaddr): readonly Span[] {
  return own(ma).spans
}

/** The address up to this component, or from it on. */
export function cut(ma: Multiaddr, start: number, end: number = ma.bytes.byteLength): Multiaddr {
  return new Address(ma.bytes.slice(start, end))
}

/** One address after another. Both are checked already, so only the seam and the sizes need a look. */
export function join(head: Multiaddr, tail: Multiaddr): Multiaddr {
  const path = spansOf(head).at(-1)
  if (path?.protocol.path === true && tail.bytes.byteLength > 0) throw followsPath(path)
  checkSize(head.bytes.byteLength + tail.bytes.byteLength)
  checkCount(spansOf(head).length + spansOf(tail).length)
  const bytes = new Uint8Array(head.bytes.byteLength + tail.bytes.byteLength)
  bytes.set(head.bytes)
  bytes.set(tail.bytes, head.bytes.byteLength)
  return new Address(bytes)
}

class Address implements Multiaddr {
  readonly bytes: Uint8Array<ArrayBuffer>
  #text: string | undefined
  #spans: readonly Span[] | undefined

  /** Takes ownership of checked bytes. */
  constructor(bytes: Uint8Array<ArrayBuffer>, text?: string) {
    this.bytes = bytes
    this.#text = text
    Object.freeze(this)
  }

  get [multiaddrSymbol](): true {
    return true
  }

  get spans(): readonly Span[] {
    this.#spans ??= readSpans(this.bytes)
    return this.#spans
  }

  toString(): string {
    this.#text ??= this.#format()
    return this.#text
  }

  toJSON(): string {
    return this.toString()
  }

  getComponents(): Component[] {
    return this.spans.map(span => toComponent(this.bytes, span))
  }

  encapsulate(addr: MultiaddrInput): Multiaddr {
    return join(this, multiaddr(addr))
  }

  decapsulate(addr: Multiaddr | string): Multiaddr {
    const inner = multiaddr(addr)
    const at = lastIndexOf(this, inner)
    if (at !== undefined) return cut(this, 0, at)
    throw new MultiaddrError('not-contained', `${this} does not contain ${inner}`)
  }

  decapsulateCode(code: number): Multiaddr {
    const span = this.spans.findLast(span => span.protocol.code === code)
    return span === undefined ? this : cut(this, 0, span.start)
  }

  equals(addr?: unknown): boolean {
    return isMultiaddr(addr) && bytesEqual(this.bytes, addr.bytes)
  }

  [inspect](): string {
    return `Multiaddr(${this})`
  }

  #format(): string {
    if (this.bytes.byteLength === 0) return '/'
    let text = ''
    for (const span of this.spans) text += spanText(this.bytes, span)
    return text
  }
}

function fromText(text: string): Address {
  const { bytes, canonical } = encodeText(text)
  return new Address(bytes, canonical)
}

// A copy, because what comes from the network is a view of something larger that may be written over.
function fromBytes(bytes: Uint8Array): Address {
  checkBytes(bytes)
  return new Address(new Uint8Array(bytes))
}

function own(ma: Multiaddr): Address {
  if (ma instanceof Address) return ma
  if (!(ma.bytes instanceof Uint8Array)) throw new MultiaddrError('malformed', 'a multiaddr without bytes')
  if (ma.bytes.byteLength === 0) return new Address(new Uint8Array(0))
  try {
    return fromBytes(ma.bytes)
  } catch (err) {
    // js-libp2p writes the value of `/memory` as text, others as 8 bytes: what it says is the same.
    const text = String(ma)
    if (text.startsWith('/memory/')) return fromText(text)
    throw err
  }
}

function toComponent(bytes: Uint8Array<ArrayBuffer>, span: Span): Component {
  const { code, name } = span.protocol
  const value = spanValue(bytes, span)
  const own = bytes.subarray(span.start, span.end)
  return Object.freeze(value === undefined ? { code, name, bytes: own } : { code, name, value, bytes: own })
}

/** Where the components of `inner` begin for the last time; whole components, so that tcp/40 is not in tcp/4001. */
function lastIndexOf(outer: Address, inner: Multiaddr): number | undefined {
  if (inner.bytes.byteLength === 0) return outer.bytes.byteLength
  const length = inner.bytes.byteLength
  return outer.spans.findLast(({ start }) => bytesEqual(outer.bytes.subarray(start, start + length), inner.bytes))
    ?.start
}

import { concat, fromUtf8, lengthPrefixed, toUtf8 } from '@ts-libp2p/bytes'
import { InvalidParametersError } from '@ts-libp2p/interface'
import { MultistreamError } from './errors.ts'
import { MAX_CACHED_LINES, MAX_LINE_BYTES } from './limits.ts'

/** The protocol's own name, with which both sides begin. */
export const MULTISTREAM = '/multistream/1.0.0'

const NEWLINE = 0x0a

/** The bytes that propose or accept a protocol: length, name, newline. */
export function encodeLine(text: string): Uint8Array {
  return lines.get(text)
}

/** The header and the first proposal, which leave together. */
export function encodeOpening(protocol: string): Uint8Array {
  return openings.get(protocol)
}

/** The answer to `ls`: one line that holds a line for each name. */
export function encodeListing(protocols: Iterable<string>): Uint8Array {
  const nested = Array.from(protocols, protocol => encodeLine(protocol))
  return lengthPrefixed(concat([...nested, Uint8Array.of(NEWLINE)]))
}

/** The text of a line, its length already taken off. Throws a `MultistreamError` unless it is text and ends in a newline. */
export function decodeLine(line: Uint8Array): string {
  const end = line.byteLength - 1
  if (line[end] !== NEWLINE) throw new MultistreamError('malformed-line', 'the remote sent a line without its newline')
  try {
    return toUtf8(line.subarray(0, end))
  } catch (cause) {
    throw new MultistreamError('malformed-line', 'the remote sent a line that is not text', { cause })
  }
}

/** Throws an `InvalidParametersError` for a name that cannot be negotiated. */
export function checkName(protocol: string): void {
  if (protocol === '' || protocol === 'na' || protocol === 'ls' || protocol.includes('\n')) {
    throw new InvalidParametersError(`'${protocol}' cannot be the name of a protocol`)
  }
  if (fromUtf8(protocol).byteLength >= MAX_LINE_BYTES) {
    throw new InvalidParametersError(`the name of a protocol has ${MAX_LINE_BYTES - 1} bytes at most`)
  }
}

/** What was encoded lately, oldest forgotten first. The arrays are sent again and again: nobody may write to them. */
class EncodedCache {
  private readonly encoded = new Map<string, Uint8Array>()
  private readonly encode: (text: string) => Uint8Array

  constructor(encode: (text: string) => Uint8Array) {
    this.encode = encode
  }

  get(text: string): Uint8Array {
    const known = this.encoded.get(text)
    if (known !== undefined) return known
    const bytes = this.encode(text)
    if (this.encoded.size >= MAX_CACHED_LINES) this.dropOldest()
    this.encoded.set(text, bytes)
    return bytes
  }

  private dropOldest(): void {
    for (const oldest of this.encoded.keys()) {
      this.encoded.delete(oldest)
      return
    }
  }
}

const lines = new EncodedCache(text => lengthPrefixed(fromUtf8(`${text}\n`)))
const openings = new EncodedCache(protocol => concat([encodeLine(MULTISTREAM), encodeLine(protocol)]))

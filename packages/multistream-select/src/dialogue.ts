import { BytesError } from '@ts-libp2p/bytes'
import { UnsupportedProtocolError } from '@ts-libp2p/interface'
import type { Dialogue } from '@ts-libp2p/stream'
import { MultistreamError } from './errors.ts'
import { MAX_LINE_BYTES, MAX_LISTINGS, MAX_PROPOSALS } from './limits.ts'
import { decodeLine, encodeLine, encodeListing, encodeOpening, MULTISTREAM } from './line.ts'

/** What a listener speaks. A `Map` or `Set` by name is one; a matcher of its own gives `keys` for those who ask `ls`. */
export interface SupportedProtocols {
  has(protocol: string): boolean
  keys(): Iterable<string>
}

/**
 * The dialer's side: proposes one protocol after the other and returns the first that is echoed. Anything but the echo
 * or `na` is an error, and never "try the next one": the two sides would go on with different protocols.
 */
export function* dialer(protocols: readonly [string, ...string[]]): Dialogue<string> {
  const [first, ...others] = protocols
  yield { send: encodeOpening(first) }
  yield* readHeader()
  if (yield* readVerdict(first)) return first
  for (const protocol of others) {
    yield { send: encodeLine(protocol) }
    if (yield* readVerdict(protocol)) return protocol
  }
  throw new UnsupportedProtocolError(`the remote does not speak ${protocols.join(', ')}`)
}

/**
 * The listener's side: answers proposals until one is supported, and returns it.
 *
 * The header goes out unasked, as the spec has it: a dialer that waits for it before proposing gets on, and it still
 * shares a write with the echo when the dialer's bytes are there already.
 */
export function* listener(supported: SupportedProtocols): Dialogue<string> {
  yield { send: encodeLine(MULTISTREAM) }
  yield* readHeader()
  let listings = 0
  for (let proposals = 0; proposals < MAX_PROPOSALS; ) {
    const line = yield* readLine()
    if (line === 'ls') {
      if (++listings > MAX_LISTINGS) throw new MultistreamError('too-many-listings', `over ${MAX_LISTINGS} times 'ls'`)
      yield { send: encodeListing(supported.keys()) }
    } else if (supported.has(line)) {
      yield { send: encodeLine(line) }
      return line
    } else {
      proposals++
      yield { send: encodeLine('na') }
    }
  }
  throw new MultistreamError('too-many-proposals', `the remote proposed ${MAX_PROPOSALS} protocols, none spoken here`)
}

function* readHeader(): Dialogue<void> {
  const line = yield* readLine()
  if (line !== MULTISTREAM) throw new MultistreamError('wrong-header', `the remote began with ${quoted(line)}`)
}

function* readVerdict(protocol: string): Dialogue<boolean> {
  const line = yield* readLine()
  if (line === protocol) return true
  if (line === 'na') return false
  throw new MultistreamError('unexpected-answer', `the remote answered ${quoted(line)} to ${protocol}`)
}

function* readLine(): Dialogue<string> {
  try {
    return decodeLine(yield { takePrefixed: MAX_LINE_BYTES })
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause
    throw new MultistreamError('malformed-line', `the remote sent a malformed line: ${cause.message}`, { cause })
  }
}

/** A remote's text in a message of ours: short, and without control characters. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

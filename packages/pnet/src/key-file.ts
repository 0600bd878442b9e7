import { fromHex, fromUtf8, toHex } from '@ts-libp2p/bytes'
import { systemRandom } from '@ts-libp2p/crypto'
import type { Random } from '@ts-libp2p/interface'
import { PnetError } from './errors.ts'
import { MAX_KEY_FILE_BYTES, PSK_BYTES } from './limits.ts'

const CODEC = '/key/swarm/psk/1.0.0/'
const NEWLINE = 0x0a

type Encoding = '/base16/' | '/base64/' | '/bin/'

const DECODERS: Record<Encoding, (body: Uint8Array) => Uint8Array> = {
  '/base16/': body => fromHex(text(body)),
  '/base64/': body => Uint8Array.from(atob(text(body)), char => char.charCodeAt(0)),
  '/bin/': body => new Uint8Array(body)
}

/** A new pre-shared key, 32 bytes. Whoever has it is in the network. */
export function generateKey(random: Random = systemRandom): Uint8Array<ArrayBuffer> {
  return random.bytes(PSK_BYTES)
}

/** The key as a `swarm.key` file, base16. Throws a `PnetError` (`invalid-key`) unless it has 32 bytes. */
export function formatKey(psk: Uint8Array): string {
  return `${CODEC}\n/base16/\n${toHex(checkKey(psk))}\n`
}

/**
 * The key in a `swarm.key` file, as text or bytes: a line `/key/swarm/psk/1.0.0/`, a line `/base16/`, `/base64/` or
 * `/bin/`, and the key. Throws a `PnetError`: `malformed-key-file`, or `invalid-key` when it has not 32 bytes.
 */
export function parseKey(file: string | Uint8Array): Uint8Array {
  const bytes = typeof file === 'string' ? fromUtf8(file) : file
  if (bytes.byteLength > MAX_KEY_FILE_BYTES) throw malformed(`it has ${bytes.byteLength} bytes`)
  const [codec, afterCodec] = line(bytes, 0)
  if (codec !== CODEC) throw malformed(`its first line must be ${CODEC}`)
  const [encoding, afterEncoding] = line(bytes, afterCodec)
  if (!Object.hasOwn(DECODERS, encoding)) throw malformed('its second line must be /base16/, /base64/ or /bin/')
  return checkKey(decode(encoding as Encoding, bytes.subarray(afterEncoding)))
}

/** The key itself when it has 32 bytes. */
export function checkKey(psk: Uint8Array): Uint8Array {
  if (psk.byteLength === PSK_BYTES) return psk
  throw new PnetError('invalid-key', `a pre-shared key has ${PSK_BYTES} bytes, not ${psk.byteLength}`)
}

function decode(encoding: Encoding, body: Uint8Array): Uint8Array {
  try {
    return DECODERS[encoding](body)
  } catch (cause) {
    throw malformed(`its key is not ${encoding.slice(1, -1)}`, cause)
  }
}

/** The line that begins at `from`, and where the next one does. */
function line(bytes: Uint8Array, from: number): [text: string, next: number] {
  const end = bytes.indexOf(NEWLINE, from)
  return end === -1 ? ['', bytes.byteLength] : [text(bytes.subarray(from, end)), end + 1]
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes).trim()
}

function malformed(why: string, cause?: unknown): PnetError {
  return new PnetError('malformed-key-file', `this is no swarm key file: ${why}`, { cause })
}

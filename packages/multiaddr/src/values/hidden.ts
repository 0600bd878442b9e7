import { BASE32, BASE64_URL, decodeBase, decodeMultibase, encodeBase } from '@ts-libp2p/bytes'
import { GARLIC32_BYTES, MIN_ENCRYPTED_GARLIC32_BYTES, MIN_GARLIC64_BYTES } from '../limits.ts'
import { INVALID, never, put, type ValueCodec } from './codec.ts'
import { parseDecimal, readPort } from './numbers.ts'

/** A Tor v2 host, 10 bytes, and a port. */
export const onion: ValueCodec = onionService('an onion host of 16 characters and a port, 1 to 65535', 10)

/** A Tor v3 host, 35 bytes, and a port. */
export const onion3: ValueCodec = onionService('an onion host of 56 characters and a port, 1 to 65535', 35)

/** Its digits are those of base64url, but for the last. */
const I2P_BASE64 = BASE64_URL.replace('_', '~')

/** An I2P destination in I2P's own base64, which ends in `-~`. */
export const garlic64: ValueCodec = {
  expects: 'an I2P destination in base64',
  parse(text, start, end, target, at) {
    const bytes = decodeBase(text.slice(start, end), I2P_BASE64)
    return bytes !== undefined && isGarlic64(bytes.byteLength) ? put(bytes, target, at) : INVALID
  },
  check: (_bytes, start, end) => isGarlic64(end - start),
  format(bytes, start, end) {
    const text = encodeBase(bytes.subarray(start, end), I2P_BASE64)
    return text + '='.repeat(-text.length & 3)
  },
  printsAsRead: never
}

/** The hash of an I2P destination, or an encrypted lease set's longer form, in base32. */
export const garlic32: ValueCodec = {
  expects: 'an I2P address in base32',
  parse(text, start, end, target, at) {
    const bytes = readBase32(text, start, end)
    return bytes !== undefined && isGarlic32(bytes.byteLength) ? put(bytes, target, at) : INVALID
  },
  check: (_bytes, start, end) => isGarlic32(end - start),
  format: (bytes, start, end) => encodeBase(bytes.subarray(start, end), BASE32),
  printsAsRead: never
}

function onionService(expects: string, hostBytes: number): ValueCodec {
  return {
    expects,
    parse(text, start, end, target, at) {
      const colon = text.indexOf(':', start)
      if (colon < 0 || colon - start !== (hostBytes * 8) / 5) return INVALID
      const port = parseDecimal(text, colon + 1, end, 65_535)
      if (port < 1) return INVALID
      const host = readBase32(text, start, colon)
      if (host?.byteLength !== hostBytes) return INVALID
      const stop = put(host, target, at)
      target[stop] = port >>> 8
      target[stop + 1] = port
      return stop + 2
    },
    check: (bytes, _start, end) => readPort(bytes, end - 2) > 0,
    format: (bytes, start, end) => `${encodeBase(bytes.subarray(start, end - 2), BASE32)}:${readPort(bytes, end - 2)}`,
    printsAsRead: never
  }
}

function isGarlic64(length: number): boolean {
  return length >= MIN_GARLIC64_BYTES
}

function isGarlic32(length: number): boolean {
  return length === GARLIC32_BYTES || length >= MIN_ENCRYPTED_GARLIC32_BYTES
}

/** In either case. */
function readBase32(text: string, start: number, end: number): Uint8Array | undefined {
  return decodeMultibase(`b${text.slice(start, end)}`)
}

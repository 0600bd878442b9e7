import { BASE58 } from './base58.ts'
import { concat } from './concat.ts'
import { fromHex } from './text.ts'

// RFC 4648, and what the multibase table adds to it: https://github.com/multiformats/multibase/blob/master/multibase.csv
const BASE16 = '0123456789abcdef'
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz'
const BASE32_HEX = '0123456789abcdefghijklmnopqrstuv'
const BASE32_Z = 'ybndrfg8ejkmcpqxot1uwisza345h769'
const BASE58_FLICKR = '123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'
export const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
export const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
export const BASE64_URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Alphabets by their prefix, of which the upper case is the prefix of their upper case; both are read in either. */
const EITHER_CASE: Readonly<Record<string, string>> = {
  ...{ f: BASE16, k: BASE36 },
  ...{ b: BASE32, c: BASE32, v: BASE32_HEX, t: BASE32_HEX }
}
const EXACT: Readonly<Record<string, string>> = {
  ...{ z: BASE58, Z: BASE58_FLICKR, h: BASE32_Z },
  ...{ m: BASE64, M: BASE64, u: BASE64_URL, U: BASE64_URL }
}

/**
 * The bytes of multibase text, or undefined when it is none. The caller bounds its length: the work grows with its
 * square. All bases but identity, proquint and those of emoji, octal, binary and decimal digits.
 */
export function decodeMultibase(text: string): Uint8Array | undefined {
  const [prefix = '', rest] = [text[0], text.slice(1)]
  const exact = EXACT[prefix]
  if (exact !== undefined) return decodeBase(rest, exact)
  const either = EITHER_CASE[lowerCase(prefix)]
  return either === undefined ? undefined : decodeBase(lowerCase(rest), either)
}

/** The bytes of text in one base, padded or not; undefined when it is none. */
export function decodeBase(text: string, alphabet: string): Uint8Array | undefined {
  const bits = Math.log2(alphabet.length)
  const digits = Array.from(Number.isInteger(bits) ? text.replace(/=+$/, '') : text, digit => alphabet.indexOf(digit))
  if (digits.includes(-1)) return undefined
  return Number.isInteger(bits) ? joinBits(digits, bits) : joinDigits(digits, alphabet.length)
}

/** Bytes in a base of 16, 32 or 64 digits, without padding. */
export function encodeBase(bytes: Uint8Array, alphabet: string): string {
  const width = Math.log2(alphabet.length)
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    for (bits += 8; bits >= width; bits -= width) text += alphabet[(buffer >> (bits - width)) % alphabet.length]
    buffer &= 0xff
  }
  return bits > 0 ? text + alphabet[(buffer << (width - bits)) % alphabet.length] : text
}

/** What is left must be less than a digit, and zero: bytes have one spelling. */
function joinBits(digits: readonly number[], width: number): Uint8Array | undefined {
  const bytes = new Uint8Array((digits.length * width) >> 3)
  let [at, buffer, bits] = [0, 0, 0]
  for (const digit of digits) {
    buffer = ((buffer << width) | digit) & 0xffff
    bits += width
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = buffer >> bits
  }
  return bits >= width || buffer & ((1 << bits) - 1) ? undefined : bytes
}

/** One large number; every zero before it is a byte. */
function joinDigits(digits: readonly number[], base: number): Uint8Array {
  const zeros = digits.findIndex(digit => digit > 0)
  if (zeros < 0) return new Uint8Array(digits.length)
  let value = 0n
  for (const digit of digits) value = value * BigInt(base) + BigInt(digit)
  const hex = value.toString(16)
  return concat([new Uint8Array(zeros), fromHex(hex.padStart(hex.length + (hex.length & 1), '0'))])
}

/** ASCII's: the Kelvin sign is no k. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

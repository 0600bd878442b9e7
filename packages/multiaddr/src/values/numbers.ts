import { always, INVALID, type ValueCodec } from './codec.ts'

const MAX_U64 = 2n ** 64n - 1n

/** Two bytes, big-endian. */
export const port: ValueCodec = {
  expects: 'a port, 0 to 65535',
  parse(text, start, end, target, at) {
    const value = parseDecimal(text, start, end, 65_535)
    if (value === INVALID) return INVALID
    target[at] = value >>> 8
    target[at + 1] = value
    return at + 2
  },
  check: always,
  format: (bytes, start) => String(readPort(bytes, start)),
  printsAsRead: always
}

/** A prefix length. One byte; what exceeds the address family is refused where the prefix is used. */
export const ipcidr: ValueCodec = {
  expects: 'a prefix length, 0 to 255',
  parse(text, start, end, target, at) {
    const value = parseDecimal(text, start, end, 255)
    if (value === INVALID) return INVALID
    target[at] = value
    return at + 1
  },
  check: always,
  format: (bytes, start) => String(bytes[start]),
  printsAsRead: always
}

/** 64 bits, big-endian, which is what go and rust do; the protocol table leaves the size open. */
export const memory: ValueCodec = {
  expects: 'a number, 0 to 2^64 - 1',
  parse(text, start, end, target, at) {
    if (!isDecimal(text, start, end) || end - start > 20) return INVALID
    let rest = BigInt(text.slice(start, end))
    if (rest > MAX_U64) return INVALID
    for (let i = at + 7; i >= at; i--) {
      target[i] = Number(rest & 0xffn)
      rest >>= 8n
    }
    return at + 8
  },
  check: always,
  format(bytes, start, end) {
    let value = 0n
    for (let i = start; i < end; i++) value = (value << 8n) | BigInt(bytes[i] as number)
    return String(value)
  },
  printsAsRead: always
}

export function readPort(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

/** Digits only, no sign, no leading zero, so that a number has one spelling. */
export function parseDecimal(text: string, start: number, end: number, max: number): number {
  if (!isDecimal(text, start, end) || end - start > 5) return INVALID
  let value = 0
  for (let i = start; i < end; i++) value = value * 10 + text.charCodeAt(i) - 0x30
  return value > max ? INVALID : value
}

function isDecimal(text: string, start: number, end: number): boolean {
  if (start === end || (text.charCodeAt(start) === 0x30 && end - start > 1)) return false
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

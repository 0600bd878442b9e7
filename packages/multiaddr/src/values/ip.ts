import { always, INVALID, never, type ValueCodec } from './codec.ts'

const DOT = 0x2e
const COLON = 0x3a
const ZERO = 0x30

/** Four decimal numbers without leading zeros, which some parsers take for octal. */
export const ip4: ValueCodec = {
  expects: 'an IPv4 address',
  parse: parseIp4,
  check: always,
  format: formatIp4,
  printsAsRead: always
}

/** Any RFC 4291 text; printed as RFC 5952 says, IPv4-mapped addresses with their dotted quad. */
export const ip6: ValueCodec = {
  expects: 'an IPv6 address',
  parse: parseIp6,
  check: always,
  format: formatIp6,
  printsAsRead: never
}

function parseIp4(text: string, start: number, end: number, target: Uint8Array, at: number): number {
  let i = start
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0 && (i >= end || text.charCodeAt(i++) !== DOT)) return INVALID
    const first = i
    let value = 0
    for (; i < end; i++) {
      const digit = text.charCodeAt(i) - ZERO
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    const digits = i - first
    if (digits === 0 || digits > 3 || value > 255 || (digits > 1 && text.charCodeAt(first) === ZERO)) return INVALID
    target[at + octet] = value
  }
  return i === end ? at + 4 : INVALID
}

function formatIp4(bytes: Uint8Array, start: number): string {
  return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`
}

function parseIp6(text: string, start: number, end: number, target: Uint8Array, at: number): number {
  let i = start
  let to = at
  let gap = -1
  if (text.charCodeAt(i) === COLON) {
    if (text.charCodeAt(i + 1) !== COLON) return INVALID
    gap = at
    i += 2
  }
  while (i < end) {
    if (to === at + 16) return INVALID
    const stop = wordEnd(text, i, end)
    if (stop < end && text.charCodeAt(stop) === DOT) {
      if (to > at + 12 || parseIp4(text, i, end, target, to) === INVALID) return INVALID
      to += 4
      break
    }
    if (stop === i || stop > i + 4) return INVALID
    to = putWord(Number.parseInt(text.slice(i, stop), 16), target, to)
    i = stop
    if (i === end) break
    if (text.charCodeAt(i++) !== COLON || i === end) return INVALID
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) return INVALID
      gap = to
      i++
    }
  }
  return expand(target, at, to, gap)
}

function wordEnd(text: string, from: number, end: number): number {
  let i = from
  while (i < end && isHexDigit(text.charCodeAt(i))) i++
  return i
}

function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46)
}

function putWord(word: number, target: Uint8Array, at: number): number {
  target[at] = word >>> 8
  target[at + 1] = word
  return at + 2
}

/** Makes room for the zeros that `::` stood for; it must stand for one word or more. */
function expand(target: Uint8Array, at: number, to: number, gap: number): number {
  const end = at + 16
  if (gap < 0) return to === end ? end : INVALID
  if (to === end) return INVALID
  target.copyWithin(end - (to - gap), gap, to)
  target.fill(0, gap, end - (to - gap))
  return end
}

function formatIp6(bytes: Uint8Array, start: number): string {
  if (isMappedIp4(bytes, start)) return `::ffff:${formatIp4(bytes, start + 12)}`
  const words: number[] = []
  for (let i = start; i < start + 16; i += 2) words.push(((bytes[i] as number) << 8) | (bytes[i + 1] as number))
  const { from, length } = longestZeros(words)
  if (length < 2) return hexWords(words)
  return `${hexWords(words.slice(0, from))}::${hexWords(words.slice(from + length))}`
}

function hexWords(words: number[]): string {
  return words.map(word => word.toString(16)).join(':')
}

function longestZeros(words: number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 }
  let length = 0
  words.forEach((word, i) => {
    length = word === 0 ? length + 1 : 0
    if (length > best.length) best = { from: i - length + 1, length }
  })
  return best
}

/** `::ffff:a.b.c.d`: an IPv4 address as dual-stack sockets show it. */
export function isMappedIp4(bytes: Uint8Array, start: number): boolean {
  for (let i = start; i < start + 10; i++) if (bytes[i] !== 0) return false
  return bytes[start + 10] === 0xff && bytes[start + 11] === 0xff
}

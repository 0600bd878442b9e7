/** Answered for a text that is not base58btc. */
export const NOT_BASE58 = -1

/**
 * base58btc on ranges, for peer ids. multiformats works a digit at a time, 2.6 µs each way for an Ed25519 peer id and
 * so most of the time an address takes; this goes 4 digits (under 2^24) or 3 bytes at a time, in doubles, which hold
 * every product exactly. The tests compare the two.
 */
export const BASE58: string = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const GROUP = 58 ** 4
const LIMB = 2 ** 24
const POWERS = [1, 58, 58 ** 2, 58 ** 3, GROUP]
const DIGITS = digitTable()
/** Every two digits: half the work of one by one. */
const PAIRS = Array.from(BASE58).flatMap(high => Array.from(BASE58, low => high + low))

/**
 * Writes the bytes to `target` at `at` and returns the offset behind them, or `NOT_BASE58`. They are never more than the
 * characters. The caller bounds the length: the work grows with its square.
 */
export function decodeBase58(text: string, start: number, end: number, target: Uint8Array, at: number): number {
  let from = start
  while (from < end && text[from] === '1') from++
  const limbs: number[] = []
  for (let i = from; i < end; i += 4) {
    const stop = Math.min(i + 4, end)
    const group = readGroup(text, i, stop)
    if (group === NOT_BASE58) return NOT_BASE58
    multiplyAdd(limbs, POWERS[stop - i] as number, group, LIMB)
  }
  target.fill(0, at, at + from - start)
  return putLimbs(limbs, target, at + from - start)
}

export function encodeBase58(bytes: Uint8Array, start = 0, end: number = bytes.byteLength): string {
  let from = start
  while (from < end && bytes[from] === 0) from++
  const groups: number[] = []
  const odd = (end - from) % 3
  if (odd > 0) multiplyAdd(groups, 1, readLimb(bytes, from, from + odd), GROUP)
  for (let i = from + odd; i < end; i += 3) multiplyAdd(groups, LIMB, readLimb(bytes, i, i + 3), GROUP)
  return BASE58.charAt(0).repeat(from - start) + formatGroups(groups)
}

/** `value = value * factor + addend`, on a number that is stored least significant part first, in `base`. */
function multiplyAdd(value: number[], factor: number, addend: number, base: number): void {
  let carry = addend
  for (let i = 0; i < value.length; i++) {
    const product = (value[i] as number) * factor + carry
    carry = Math.floor(product / base)
    value[i] = product - carry * base
  }
  for (; carry > 0; carry = Math.floor(carry / base)) value.push(carry % base)
}

function readGroup(text: string, from: number, to: number): number {
  let group = 0
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    const digit = code < 128 ? (DIGITS[code] as number) : NOT_BASE58
    if (digit === NOT_BASE58) return NOT_BASE58
    group = group * 58 + digit
  }
  return group
}

function readLimb(bytes: Uint8Array, from: number, to: number): number {
  let limb = 0
  for (let i = from; i < to; i++) limb = (limb << 8) | (bytes[i] as number)
  return limb
}

function putLimbs(limbs: number[], target: Uint8Array, at: number): number {
  let to = at
  for (let i = limbs.length - 1; i >= 0; i--) {
    const limb = limbs[i] as number
    const isFirst = i === limbs.length - 1
    if (!isFirst || limb > 0xffff) target[to++] = limb >>> 16
    if (!isFirst || limb > 0xff) target[to++] = limb >>> 8
    target[to++] = limb
  }
  return to
}

/** The first group may be short: its missing digits show as ones. */
function formatGroups(groups: number[]): string {
  let text = ''
  for (let i = groups.length - 1; i >= 0; i--) {
    const group = groups[i] as number
    const high = Math.floor(group / PAIRS.length)
    text += (PAIRS[high] as string) + PAIRS[group - high * PAIRS.length]
  }
  return text.replace(/^1+/, '')
}

function digitTable(): Int8Array {
  const table = new Int8Array(128).fill(NOT_BASE58)
  for (let i = 0; i < BASE58.length; i++) table[BASE58.charCodeAt(i)] = i
  return table
}

/**
 * base58btc for short texts. multiformats works a digit at a time, some 3 µs each way for a peer id; this goes 4 digits
 * (58^4 < 2^24) or 3 bytes at a time, in doubles, which hold every product exactly. The tests compare the two.
 */
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const GROUP = 58 ** 4
const LIMB = 2 ** 24
const POWERS = [1, 58, 58 ** 2, 58 ** 3, GROUP]
const ONE = 0x31
const DIGITS = digitTable()
const PAIRS = Array.from(ALPHABET).flatMap(high => Array.from(ALPHABET, low => high + low))

/** Undefined for a character outside the alphabet. The caller bounds the length: the work grows with its square. */
export function decodeBase58(text: string): Uint8Array | undefined {
  let zeros = 0
  while (text.charCodeAt(zeros) === ONE) zeros++
  const limbs: number[] = []
  for (let at = zeros; at < text.length; at += 4) {
    const end = Math.min(at + 4, text.length)
    const group = readDigits(text, at, end)
    if (group < 0) return undefined
    multiplyAdd(limbs, POWERS[end - at] as number, group, LIMB)
  }
  return limbsToBytes(limbs, zeros)
}

export function encodeBase58(bytes: Uint8Array): string {
  let zeros = 0
  while (zeros < bytes.byteLength && bytes[zeros] === 0) zeros++
  const groups: number[] = []
  const odd = zeros + ((bytes.byteLength - zeros) % 3)
  multiplyAdd(groups, 1, readBytes(bytes, zeros, odd), GROUP)
  for (let at = odd; at < bytes.byteLength; at += 3) multiplyAdd(groups, LIMB, readBytes(bytes, at, at + 3), GROUP)
  return '1'.repeat(zeros) + groupsToText(groups)
}

/** `value = value * factor + addend`, where `value` is stored in digits of `base`, the least significant first. */
function multiplyAdd(value: number[], factor: number, addend: number, base: number): void {
  let carry = addend
  for (let i = 0; i < value.length; i++) {
    const product = (value[i] as number) * factor + carry
    carry = Math.floor(product / base)
    value[i] = product - carry * base
  }
  for (; carry > 0; carry = Math.floor(carry / base)) value.push(carry % base)
}

function readDigits(text: string, from: number, to: number): number {
  let group = 0
  for (let i = from; i < to; i++) {
    const digit = DIGITS[text.charCodeAt(i)] ?? -1
    if (digit < 0) return -1
    group = group * 58 + digit
  }
  return group
}

function readBytes(bytes: Uint8Array, from: number, to: number): number {
  let limb = 0
  for (let i = from; i < to; i++) limb = (limb << 8) | (bytes[i] as number)
  return limb
}

/** The highest limb may be short. */
function limbsToBytes(limbs: number[], zeros: number): Uint8Array {
  const highest = limbs.at(-1) ?? 0
  const missing = highest > 0xffff ? 0 : highest > 0xff ? 1 : 2
  const length = limbs.length === 0 ? zeros : zeros + limbs.length * 3 - missing
  const out = new Uint8Array(length)
  for (let i = 0, at = length - 1; i < limbs.length; i++, at -= 3) {
    const limb = limbs[i] as number
    out[at] = limb
    if (at > zeros) out[at - 1] = limb >>> 8
    if (at > zeros + 1) out[at - 2] = limb >>> 16
  }
  return out
}

/** The first group may be short: its missing digits show as ones. */
function groupsToText(groups: number[]): string {
  let text = ''
  for (let i = groups.length - 1; i >= 0; i--) {
    const group = groups[i] as number
    const high = Math.floor(group / PAIRS.length)
    text += (PAIRS[high] as string) + PAIRS[group - high * PAIRS.length]
  }
  return text.replace(/^1+/, '')
}

function digitTable(): Int8Array {
  const table = new Int8Array(128).fill(-1)
  for (let i = 0; i < ALPHABET.length; i++) table[ALPHABET.charCodeAt(i)] = i
  return table
}

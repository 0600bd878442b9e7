import { type Data, toBytes } from './data.ts'

const BLOCK_BYTES = 64
const ROUNDS = 64
const PRIMES: readonly number[] = /* @__PURE__ */ firstPrimes(ROUNDS)
/** The first 32 bits of the fractional parts of roots of primes: FIPS 180-4, sections 4.2.2 and 5.3.3. */
const CONSTANTS: Int32Array = /* @__PURE__ */ Int32Array.from(PRIMES, prime => fraction(Math.cbrt(prime)))
const INITIAL: Int32Array = /* @__PURE__ */ Int32Array.from(PRIMES.slice(0, 8), prime => fraction(Math.sqrt(prime)))
/** The words of the block at work. */
const words = /* @__PURE__ */ new Int32Array(ROUNDS)

/**
 * SHA-256 (FIPS 180-4) where the platform has none that answers at once. A library's would bring SHA-512 and its tables
 * along: a tenth of what a browser node may weigh.
 */
export class PureSha256 {
  readonly #state = INITIAL.slice()
  readonly #block = new Uint8Array(BLOCK_BYTES)
  readonly #view = new DataView(this.#block.buffer)
  #filled = 0
  #total = 0

  update(data: Data): this {
    const bytes = toBytes(data)
    this.#total += bytes.byteLength
    for (let at = 0; at < bytes.byteLength; ) {
      const part = bytes.subarray(at, at + BLOCK_BYTES - this.#filled)
      this.#block.set(part, this.#filled)
      this.#filled += part.byteLength
      at += part.byteLength
      if (this.#filled === BLOCK_BYTES) this.#compress()
    }
    return this
  }

  digest(): Uint8Array {
    this.#pad()
    const out = new Uint8Array(32)
    const view = new DataView(out.buffer)
    for (const [i, word] of this.#state.entries()) view.setInt32(4 * i, word)
    return out
  }

  /** A one bit, zeros, and the number of bits as 64 of them. */
  #pad(): void {
    this.#block[this.#filled++] = 0x80
    this.#block.fill(0, this.#filled)
    if (this.#filled > BLOCK_BYTES - 8) {
      this.#compress()
      this.#block.fill(0)
    }
    this.#view.setUint32(BLOCK_BYTES - 8, this.#total / 2 ** 29)
    this.#view.setUint32(BLOCK_BYTES - 4, this.#total << 3)
    this.#compress()
  }

  /** Section 6.2.2. */
  #compress(): void {
    schedule(this.#view)
    const s = this.#state as unknown as Eight
    let a = s[0]
    let b = s[1]
    let c = s[2]
    let d = s[3]
    let e = s[4]
    let f = s[5]
    let g = s[6]
    let h = s[7]
    for (let i = 0; i < ROUNDS; i++) {
      const e1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
      const one = (h + e1 + ((e & f) ^ (~e & g)) + (CONSTANTS[i] as number) + (words[i] as number)) | 0
      const a0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
      const two = (a0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + one) | 0
      d = c
      c = b
      b = a
      a = (one + two) | 0
    }
    add(this.#state, a, b, c, d, e, f, g, h)
    this.#filled = 0
  }
}

type Eight = [number, number, number, number, number, number, number, number]

function add(state: Int32Array, ...summands: Eight): void {
  for (let i = 0; i < summands.length; i++) state[i] = (state[i] as number) + (summands[i] as number)
}

function schedule(block: DataView): void {
  for (let i = 0; i < 16; i++) words[i] = block.getInt32(4 * i)
  for (let i = 16; i < ROUNDS; i++) {
    const x = words[i - 15] as number
    const y = words[i - 2] as number
    const first = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3)
    const second = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10)
    words[i] = (words[i - 16] as number) + first + (words[i - 7] as number) + second
  }
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function fraction(root: number): number {
  return ((root % 1) * 2 ** 32) | 0
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let next = 2; primes.length < count; next++) if (primes.every(prime => next % prime > 0)) primes.push(next)
  return primes
}

import type { Random } from '@ts-libp2p/interface'
import { TestingError } from './errors.ts'

/**
 * Chance that can be repeated: the same seed gives the same course on every platform. The generator is xoshiro128**
 * (https://prng.di.unimi.it/xoshiro128starstar.c). Not for keys.
 *
 * @example
 * const random = new SeededRandom('scenario 7')
 * random.int(6) // 0 to 5
 */
export class SeededRandom implements Random {
  /** Print it when a test fails. */
  readonly seed: number | string
  private readonly state: Uint32Array

  constructor(seed: number | string) {
    this.seed = seed
    this.state = stateOf(String(seed))
  }

  /** 32 random bits. */
  u32(): number {
    const s = this.state as unknown as [number, number, number, number]
    const result = Math.imul(rotl(Math.imul(s[1], 5), 7), 9) >>> 0
    const t = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 11)
    return result
  }

  /** A float in [0, 1), of 53 random bits. */
  float(): number {
    return ((this.u32() >>> 5) * 0x4000000 + (this.u32() >>> 6)) / 2 ** 53
  }

  /** An integer in [0, bound). */
  int(bound: number): number {
    if (!(Number.isSafeInteger(bound) && bound > 0)) throw new TestingError('misuse', `no integer in [0, ${bound})`)
    return Math.floor(this.float() * bound)
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(length)
    let word = 0
    for (let i = 0; i < length; i++) {
      word = i % 4 === 0 ? this.u32() : word >>> 8
      out[i] = word
    }
    return out
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.float() < probability
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)] as T
  }

  /** The items in another order, as a new array. */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1)
      ;[out[i], out[j]] = [out[j] as T, out[i] as T]
    }
    return out
  }

  /** Another generator, which depends on this one's seed and the name only: for parts that must not disturb each other. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${name}`)
  }
}

/** FNV-1a spreads the seed's text over 32 bits, and the splitmix32 steps over the four words. */
function stateOf(seed: string): Uint32Array {
  let hash = 0x811c9dc5
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193)
  return Uint32Array.from({ length: 4 }, () => {
    hash = (hash + 0x9e3779b9) | 0
    let word = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad)
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
    return word ^ (word >>> 15)
  })
}

function rotl(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

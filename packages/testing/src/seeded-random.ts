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

/** Odd multipliers of the four lanes: the prime of FNV, and three of the mixing steps of MurmurHash3. */
const MULTIPLIERS = [0x01000193, 0x85ebca6b, 0xc2b2ae35, 0xcc9e2d51] as const

/**
 * Four lanes in the manner of FNV-1a take the seed's text, each of them disturbed by the one before, and the steps of
 * splitmix32 finish them: 128 bits, so that ten thousand seeds are ten thousand courses.
 */
function stateOf(seed: string): Uint32Array {
  const lanes = [0x811c9dc5, 0x9e3779b9, 0x7f4a7c15, 0x94d049bb]
  for (let i = 0; i < seed.length; i++) {
    for (let lane = 0; lane < 4; lane++) {
      const mixed = (lanes[lane] as number) ^ seed.charCodeAt(i) ^ ((lanes[(lane + 3) & 3] as number) >>> 15)
      lanes[lane] = Math.imul(mixed, MULTIPLIERS[lane as 0 | 1 | 2 | 3])
    }
  }
  return Uint32Array.from(lanes, finish)
}

function finish(lane: number, index: number): number {
  let word = (lane + Math.imul(0x9e3779b9, index + 1)) | 0
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad)
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
  return word ^ (word >>> 15)
}

function rotl(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

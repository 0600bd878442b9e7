import { SeededRandom } from '@ts-libp2p/testing'
import { collectGarbage, usedBytes } from '@ts-libp2p/testing/memory'
import { Coverage } from './coverage.ts'
import { tryInput } from './judge.ts'
import { mutate } from './mutate.ts'
import { Finding, MAX_INPUT_BYTES, type Target } from './target.ts'

export interface FuzzOptions {
  readonly seed: string
  /** Ends after so many cases, or milliseconds, whichever comes first. */
  readonly maxCases?: number
  readonly maxMs?: number
  /** Inputs of earlier runs. */
  readonly kept: readonly Uint8Array[]
  /** Ask V8 which code ran, and go on from inputs that reached more of it. Costs half of the speed. */
  readonly isGuided: boolean
  /** Told before each input is tried, so that somebody outside can tell which one hangs. */
  readonly onInput?: (input: Uint8Array) => void
}

export interface FuzzResult {
  readonly cases: number
  /** Of these the decoder took. */
  readonly accepted: number
  /** Inputs that reached code which none before had reached. */
  readonly grown: readonly Uint8Array[]
  /** Blocks of code that were run; 0 when not guided. */
  readonly blocks: number
}

/** An input and what it did. */
export class Failure extends Error {
  readonly input: Uint8Array

  constructor(target: string, input: Uint8Array, cause: unknown) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    super(`${target}: ${why}`, { cause })
    this.name = 'Failure'
    this.input = input
  }
}

/** Inputs that are tried between two questions of what was reached. */
const BATCH = 256
/** Bytes that a decoder may hold on to when all its inputs are forgotten. Caches of names and keys are below that. */
const MAX_GROWTH_BYTES: number = 6 * 1024 * 1024
/** Cases between measurements of memory. */
const MEASURE_EVERY = 20_000

/**
 * Tries a target with its seeds, with inputs of earlier runs, and with what can be made of them: changed, cut, joined
 * and random. Rejects with a `Failure` at the first input that does what none may do.
 */
export async function fuzz(target: Target, options: FuzzOptions): Promise<FuzzResult> {
  return await new Fuzzer(target, options, [...(await target.seeds()), ...options.kept]).run()
}

class Fuzzer {
  private readonly target: Target
  private readonly options: FuzzOptions
  private readonly corpus: Uint8Array[]
  private readonly random: SeededRandom
  private readonly coverage: Coverage | undefined
  private readonly grown: Uint8Array[] = []
  private cases = 0
  private accepted = 0
  private usedBefore = 0

  constructor(target: Target, options: FuzzOptions, corpus: Uint8Array[]) {
    this.target = target
    this.options = options
    this.corpus = corpus
    this.random = new SeededRandom(options.seed)
    this.coverage = options.isGuided ? new Coverage() : undefined
  }

  async run(): Promise<FuzzResult> {
    this.coverage?.start()
    try {
      await this.tryAll([...this.corpus])
      this.coverage?.take()
      this.usedBefore = await usedBytes()
      const { maxCases = Number.POSITIVE_INFINITY, maxMs = Number.POSITIVE_INFINITY } = this.options
      const until = performance.now() + maxMs
      for (let measured = this.cases; this.cases < maxCases && performance.now() < until; ) {
        await this.batch(Math.min(BATCH, maxCases - this.cases))
        if (this.cases - measured < MEASURE_EVERY) continue
        await this.checkGrowth()
        measured = this.cases
      }
      await this.checkGrowth()
      const { cases, accepted, grown } = this
      return { cases, accepted, grown, blocks: this.coverage?.size ?? 0 }
    } finally {
      this.coverage?.stop()
      collectGarbage()
    }
  }

  private async batch(size: number): Promise<void> {
    const maxBytes = this.target.maxBytes ?? MAX_INPUT_BYTES
    const inputs = Array.from({ length: size }, () => mutate(this.corpus, this.random, maxBytes))
    await this.tryAll(inputs)
    const fresh = this.coverage?.take()
    if (fresh !== undefined && fresh.size > 0) await this.keepWhatReached(fresh, inputs)
  }

  /** Some of these reached new code: one for each part of it is kept, and mutated from then on. */
  private async keepWhatReached(fresh: Set<string>, inputs: readonly Uint8Array[]): Promise<void> {
    for (const input of inputs) {
      if (fresh.size === 0) break
      await this.tryAll([input])
      const reached = [...(this.coverage?.ran() ?? [])].filter(block => fresh.delete(block))
      if (reached.length === 0) continue
      this.corpus.push(input)
      this.grown.push(input)
    }
    this.coverage?.ran()
  }

  private async tryAll(inputs: readonly Uint8Array[]): Promise<void> {
    for (const input of inputs) {
      this.options.onInput?.(input)
      try {
        this.cases++
        if ((await tryInput(this.target, input)) === 'accepted') this.accepted++
      } catch (err) {
        throw new Failure(this.target.name, input, err)
      }
    }
  }

  private async checkGrowth(): Promise<void> {
    const grown = this.grown.reduce((sum, { byteLength }) => sum + byteLength + 500, 0)
    const growth = (await usedBytes()) - this.usedBefore - grown - 200 * (this.coverage?.size ?? 0)
    if (growth < MAX_GROWTH_BYTES) return
    const finding = new Finding(`memory grew by ${growth} bytes over ${this.cases} cases`)
    throw new Failure(this.target.name, new Uint8Array(0), finding)
  }
}

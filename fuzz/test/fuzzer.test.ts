import { describe, expect, it } from 'vitest'
import { Failure, fuzz } from '../src/fuzzer.ts'
import { Disagreement, runModel } from '../src/run-model.ts'
import { must, type Target } from '../src/target.ts'

const options = { seed: 'x', maxCases: 50_000, isGuided: false, kept: [] }
const leaks: Uint8Array[] = []

const wrong = (run: Target['run'], seeds = [Uint8Array.of(1, 2, 3, 4)]): Target => ({
  name: 'wrong',
  seeds: () => seeds,
  run
})

describe('the fuzzer finds', () => {
  it.each<[string, Target]>([
    [
      'an error that is none of ours',
      wrong(input => void (input[0] === 0xff && (undefined as unknown as string).length))
    ],
    ['a check that fails', wrong(input => must(input.byteLength < 40, 'long'))],
    ['a rejection', wrong(async input => void (input[1] === 0x80 && (await Promise.reject(new RangeError('no')))))],
    ['memory that is held on to', wrong(input => void leaks.push(new Uint8Array(500), input))]
  ])('%s, and says with which input', async (_, target) => {
    const err = await fuzz(target, options).catch((e: unknown) => e)
    leaks.length = 0
    expect(err).toBeInstanceOf(Failure)
    expect((err as Failure).input).toBeInstanceOf(Uint8Array)
  })

  it('the way into code behind a condition, by what ran', async () => {
    const { target } = (await import('../targets/multistream-listener.ts')) as { target: Target }
    const result = await fuzz(
      { ...target, seeds: () => [Uint8Array.of(0)] },
      { ...options, maxCases: 3000, isGuided: true }
    )
    expect(result.grown.length).toBeGreaterThan(0)
    expect(result.blocks).toBeGreaterThan(20)
  })

  it('a history that goes wrong, and says its seed', async () => {
    const model = { name: 'm', history: (random: { int(n: number): number }) => must(random.int(50) > 0, 'zero') }
    const err = await runModel(model, 'x', 1000).catch((e: unknown) => e)
    expect(err).toBeInstanceOf(Disagreement)
    expect((err as Error).message).toMatch(/m, history 'x\/\d+': zero/)
  })
})

import { afterAll, describe, expect, it } from 'vitest'
import { readCorpus } from '../src/corpus.ts'
import { fuzz } from '../src/fuzzer.ts'
import { modulesIn } from '../src/modules.ts'
import type { Target } from '../src/target.ts'

/** Cases of each decoder, beside those that are kept: a second or so. The long form is `pnpm fuzz`. */
const CASES = 2000

let total = 0
afterAll(() => console.log(`fuzz: ${total} cases`))

describe('a decoder that is fed what nobody would send', () => {
  it.each([...modulesIn('targets')])('%s takes it or refuses it, and that is all', async (name, module) => {
    const { target } = (await import(module)) as { target: Target }
    expect(target.name).toBe(name)
    const { cases, accepted } = await fuzz(target, {
      ...{ seed: 'short form', maxCases: CASES, isGuided: false },
      kept: readCorpus(name)
    })
    total += cases
    expect(cases).toBeGreaterThanOrEqual(CASES)
    // Else it would be tried with nothing but garbage. Our part of a secio handshake is never twice the same.
    if (name !== 'secio-handshake') expect(accepted).toBeGreaterThan(0)
  })
})

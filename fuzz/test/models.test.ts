import { afterAll, describe, expect, it } from 'vitest'
import type { Model } from '../src/model.ts'
import { modulesIn } from '../src/modules.ts'
import { runModel } from '../src/run-model.ts'

/** Histories of each model. `pnpm fuzz` follows 60,000 of each. */
const HISTORIES = 3000

let total = 0
afterAll(() => console.log(`models: ${total} histories`))

describe('a model', () => {
  it.each([...modulesIn('models')])('%s agrees with the code, whatever is done', async (name, module) => {
    const { model } = (await import(module)) as { model: Model }
    expect(model.name).toBe(name)
    await runModel(model, 'short form', HISTORIES)
    total += HISTORIES
  })
})

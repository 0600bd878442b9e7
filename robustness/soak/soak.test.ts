import { describe, expect, it } from 'vitest'
import { soak } from '../src/soak.ts'
import { leaks } from '../src/soak-checks.ts'

describe('a node with connections and streams that come and go', () => {
  it('is in the end as it was in the beginning', async () => {
    const { before, after } = await soak({ durationMs: 15_000, connections: 50, seed: 'short form' })
    expect(after.streamsOpened).toBeGreaterThan(before.streamsOpened)
    expect(leaks(before, after)).toEqual([])
  }, 120_000)
})

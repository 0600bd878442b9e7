import { expect, it } from 'vitest'
import { Crowding, type Times, timesOfProcess } from '../src/crowding.node.ts'

it.each<[string, Omit<Times, 'now'>, boolean]>([
  ['nothing to do', { active: 0, cpu: 0 }, false],
  ['a processor whenever it wanted one', { active: 100, cpu: 95 }, false],
  ['other threads that were busy too', { active: 100, cpu: 190 }, false],
  ['half a processor', { active: 100, cpu: 50 }, true],
  ['another thread, and half a processor each', { active: 100, cpu: 85 }, true],
  ['little to do, and to wait for it', { active: 10, cpu: 3 }, true]
])('a process that had %s', (_, { active, cpu }, expected) => {
  let times: Times = { now: 1000, active: 5000, cpu: 7000 }
  const crowding = new Crowding(() => times)
  times = { now: 1100, active: 5000 + active, cpu: 7000 + cpu }
  expect([crowding.look(1099), crowding.look(1100)]).toEqual([false, expected])
  // Asked again at once: as it was.
  times = { now: 1150, active: 9000, cpu: 20_000 }
  expect([crowding.look(1150), crowding.look(1200)]).toEqual([expected, false])
})

it('is measured of this process', () => {
  const before = timesOfProcess()
  let after = before
  while (after.cpu - before.cpu < 20) after = timesOfProcess()
  // All the time there was something to do, with a processor or without.
  expect(after.active - before.active).toBeCloseTo(after.now - before.now, -1)
  expect(after.now).toBeGreaterThan(before.now)
})

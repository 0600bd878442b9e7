import { defer } from '@ts-libp2p/stream'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../src/index.ts'

const START = 1_000_000

function recording() {
  const clock = new VirtualClock(START)
  const fired: [name: string, at: number][] = []
  const schedule = (ms: number, name: string) => clock.after(ms, () => fired.push([name, clock.now() - START]))
  return { clock, fired, schedule }
}

describe('VirtualClock', () => {
  it('stands still until it is advanced', async () => {
    const { clock, fired, schedule } = recording()
    schedule(0, 'now')
    await Promise.resolve()
    expect([clock.now(), fired]).toEqual([START, []])
    await clock.advance(0)
    expect([clock.now(), fired]).toEqual([START, [['now', 0]]])
  })

  it('fires by moment, then in the order timers were set', async () => {
    const { clock, fired, schedule } = recording()
    schedule(30, 'c')
    schedule(10, 'a1')
    schedule(10, 'a2')
    schedule(20, 'b')
    schedule(10, 'a3')
    await clock.advance(25)
    expect(fired).toEqual([
      ['a1', 10],
      ['a2', 10],
      ['a3', 10],
      ['b', 20]
    ])
    expect([clock.now() - START, clock.pendingTimers, clock.nextTimerAt]).toEqual([25, 1, START + 30])
  })

  it('fires timers that others set on the way', async () => {
    const { clock, fired, schedule } = recording()
    clock.after(10, () => schedule(5, 'inner'))
    await clock.advance(15)
    expect(fired).toEqual([['inner', 15]])
  })

  it('lets promises and deferred ticks run between two timers', async () => {
    const { clock } = recording()
    const course: string[] = []
    clock.after(1, () => {
      course.push('first')
      void Promise.resolve()
        .then(() => new Promise<void>(resolve => defer(resolve)))
        .then(() => clock.after(0, () => course.push('set by a promise')))
    })
    clock.after(2, () => course.push('second'))
    await clock.advance(2)
    expect(course).toEqual(['first', 'set by a promise', 'second'])
  })

  it('forgets a timer that is undone, and undoing twice is harmless', async () => {
    const { clock, fired, schedule } = recording()
    const undo = schedule(10, 'a')
    schedule(10, 'b')
    undo()
    undo()
    await clock.advance(10)
    undo()
    expect(fired).toEqual([['b', 10]])
    expect(clock.pendingTimers).toBe(0)
  })

  it('undoes each timer of many at one moment, and no other', async () => {
    const { clock, fired, schedule } = recording()
    const undos = Array.from({ length: 50 }, (_, i) => schedule(7, String(i)))
    for (let i = 0; i < 50; i += 2) undos[i]?.()
    await clock.runAll()
    expect(fired.map(([name]) => Number(name))).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i + 1))
  })

  it('runs all timers and says how many', async () => {
    const { clock, fired, schedule } = recording()
    schedule(5, 'a')
    clock.after(1000, () => schedule(1000, 'b'))
    expect(await clock.runAll()).toBe(3)
    expect(fired.at(-1)).toEqual(['b', 2000])
  })

  it('calls a heartbeat endless', async () => {
    const { clock } = recording()
    const beat = (): void => void clock.after(100, beat)
    beat()
    await expect(clock.runAll({ limit: 50 })).rejects.toMatchObject({ name: 'TestingError', code: 'endless' })
    expect(clock.now() - START).toBe(5000)
  })

  it('rejects with what a timer throws, and can go on', async () => {
    const { clock, fired, schedule } = recording()
    clock.after(1, () => {
      throw new Error('boom')
    })
    schedule(2, 'later')
    await expect(clock.advance(5)).rejects.toThrow('boom')
    await clock.advance(5)
    expect(fired).toEqual([['later', 2]])
  })

  it.each([
    ['back in time', (clock: VirtualClock) => clock.advance(-1)],
    ['to no moment', (clock: VirtualClock) => clock.advanceTo(Number.NaN)],
    ['twice at once', (clock: VirtualClock) => Promise.all([clock.advance(1), clock.advance(1)])]
  ])('refuses to go %s', async (_, misuse) => {
    await expect(misuse(new VirtualClock())).rejects.toMatchObject({ code: 'misuse' })
  })

  it('refuses a timer for NaN milliseconds', () => {
    expect(() => new VirtualClock().after(Number.NaN, () => {})).toThrow(/NaN/)
  })

  it('goes to a moment', async () => {
    const { clock, fired, schedule } = recording()
    schedule(40, 'x')
    await clock.advanceTo(START + 40)
    expect([clock.now(), fired.length]).toEqual([START + 40, 1])
  })
})

import { describe, expect, it } from 'vitest'
import { Loop } from '../src/index.ts'
import { HandClock, settle } from './fixtures.ts'

const stopped = new Error('stopped')

/** A loop and the times of its rounds. */
function loopThat(run: (signal: AbortSignal) => Promise<number>) {
  const clock = new HandClock()
  const start = clock.now()
  const rounds: number[] = []
  const errors: unknown[] = []
  const loop = new Loop({
    ...{ clock, random: { float: () => 1 }, firstRetryMs: 10, maxRetryMs: 35 },
    run(signal) {
      rounds.push(clock.now() - start)
      return run(signal)
    },
    onError: error => errors.push(error)
  })
  const advance = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms; i++) {
      clock.advance(1)
      await settle()
    }
  }
  return { clock, loop, rounds, errors, advance }
}

/** Rounds that last until they are ended. */
function endless() {
  const ends: ((delayMs: number) => void)[] = []
  const signals: AbortSignal[] = []
  const run = (signal: AbortSignal): Promise<number> => {
    signals.push(signal)
    return new Promise(resolve => ends.push(resolve))
  }
  return { run, ends, signals }
}

describe('a loop', () => {
  it('does a round, and the next when that said', async () => {
    const { loop, rounds, advance, clock } = loopThat(async () => 50)
    loop.start(5)
    loop.start(1)
    await advance(120)
    expect(rounds).toEqual([5, 55, 105])
    loop.stop(stopped)
    await advance(100)
    expect(rounds).toHaveLength(3)
    expect(clock.pending).toBe(0)
  })

  it('tries a failed round again, ever later, and begins anew after a good one', async () => {
    const cause = new Error('no')
    let left = 4
    const { loop, rounds, errors, advance } = loopThat(async () => {
      if (left-- > 0) throw cause
      left = 1
      return 20
    })
    loop.start(1)
    await advance(160)
    expect(rounds.map(at => at - 1)).toEqual([0, 10, 30, 65, 100, 120, 130, 150])
    expect(errors).toEqual([cause, cause, cause, cause, cause, cause])
    loop.stop(stopped)
  })

  it('does the next round sooner when poked, never later', async () => {
    const { loop, rounds, advance } = loopThat(async () => 50)
    loop.poke()
    loop.start(10)
    await advance(12)
    loop.poke(100)
    loop.poke(8)
    await advance(60)
    expect(rounds).toEqual([10, 20, 70])
    loop.stop(stopped)
  })

  it('poked within a round it does one more, and no two at once', async () => {
    const { run, ends } = endless()
    const { loop, rounds, advance } = loopThat(run)
    loop.start(1)
    await advance(3)
    loop.poke()
    loop.poke()
    await advance(3)
    expect(rounds).toEqual([1])
    ends[0]?.(50)
    await advance(3)
    expect(rounds).toHaveLength(2)
    loop.stop(stopped)
  })

  it('poked within a round it does the next when it was asked to, not at once', async () => {
    const { run, ends } = endless()
    const { loop, rounds, advance } = loopThat(run)
    loop.start(1)
    await advance(3)
    loop.poke(30)
    loop.poke(20)
    ends[0]?.(1000)
    await advance(50)
    expect(rounds).toEqual([1, 23])
    loop.stop(stopped)
  })

  it('stopping aborts the round, whose failure nobody hears of', async () => {
    const { run, ends, signals } = endless()
    const { loop, rounds, errors, advance, clock } = loopThat(async signal => {
      await run(signal)
      throw signal.reason
    })
    loop.start(1)
    await advance(1)
    loop.stop(stopped)
    loop.stop(stopped)
    expect(signals[0]?.reason).toBe(stopped)
    ends[0]?.(1)
    await advance(50)
    expect([rounds, errors, clock.pending]).toEqual([[1], [], 0])
  })

  it('started again it waits for the end of the round before', async () => {
    const { run, ends, signals } = endless()
    const { loop, rounds, advance } = loopThat(run)
    loop.start(1)
    await advance(1)
    loop.stop(stopped)
    loop.start(2)
    await advance(10)
    expect(rounds).toHaveLength(1)
    ends[0]?.(1000)
    await advance(2)
    expect(rounds).toHaveLength(2)
    expect(signals[1]?.aborted).toBe(false)
    loop.stop(stopped)
  })
})

import { describe, expect, it } from 'vitest'
import { Deadlines } from '../src/index.ts'
import { HandClock } from './fixtures.ts'

describe('deadlines', () => {
  const clock = new HandClock()
  const deadlines = new Deadlines(clock)
  const late = new Error('late')
  const enough = new Error('enough')

  it('abort when their time is over', () => {
    const { signal } = deadlines.set(10, () => late)
    clock.advance(9)
    expect(signal.aborted).toBe(false)
    clock.advance(1)
    expect(signal.reason).toBe(late)
  })

  it('leave no timer and no listener when they are cleared', () => {
    const parent = new AbortController()
    const { signal, clear } = deadlines.set(10, () => late, parent.signal)
    clear()
    expect(clock.pending).toBe(0)
    parent.abort(enough)
    deadlines.abortAll(enough)
    expect(signal.aborted).toBe(false)
  })

  it('abort with their parent, at once where it has', () => {
    const parent = new AbortController()
    const [timed, endless] = [deadlines.set(10, () => late, parent.signal), deadlines.follow(parent.signal)]
    parent.abort(enough)
    expect([timed.signal.reason, endless.signal.reason]).toEqual([enough, enough])
    expect(deadlines.follow(parent.signal).signal.reason).toBe(enough)
  })

  it('abort all together, and apart', () => {
    const [a, b] = [deadlines.set(10, () => late), deadlines.follow()]
    a.clear()
    deadlines.abortAll(enough)
    expect([a.signal.aborted, b.signal.reason]).toEqual([false, enough])
  })
})

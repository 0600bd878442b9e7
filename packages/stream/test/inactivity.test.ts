import type { MessageStream } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { clockOf, systemClock } from '../src/index.ts'
import { counting, HandClock, ownedStream, pulled } from './fixtures.ts'

describe('the inactivity timeout', () => {
  it('aborts a stream that carries nothing', () => {
    const clock = new HandClock()
    const { stream, owner } = ownedStream({ clock, inactivityTimeout: 100 })
    clock.advance(99)
    expect(stream.status).toBe('open')
    clock.advance(1)
    expect(stream.status).toBe('aborted')
    expect(owner.of('aborted')).toEqual([expect.objectContaining({ message: 'no byte either way for 100 ms' })])
  })

  it.each([
    ['received', (stream: ReturnType<typeof ownedStream>['stream']) => stream.receive(counting(1))],
    [
      'sent',
      (stream: ReturnType<typeof ownedStream>['stream']) => {
        stream.send(counting(1))
        pulled(stream)
      }
    ]
  ])('is put off by bytes that are %s, by no more than twice', (_, act) => {
    const clock = new HandClock()
    const { stream } = ownedStream({ clock, inactivityTimeout: 100 })
    for (let i = 0; i < 10; i++) {
      clock.advance(90)
      act(stream)
    }
    expect(stream.status).toBe('open')
    clock.advance(99)
    expect(stream.status).toBe('open')
    clock.advance(101)
    expect(stream.status).toBe('aborted')
  })

  it('is not put off by bytes that wait to be sent', () => {
    const clock = new HandClock()
    const { stream } = ownedStream({ clock, inactivityTimeout: 100 })
    clock.advance(50)
    stream.send(counting(1))
    clock.advance(50)
    expect(stream.status).toBe('aborted')
  })

  it('can be set, changed and taken back', () => {
    const clock = new HandClock()
    const { stream } = ownedStream({ clock })
    expect([stream.inactivityTimeout, clock.pending]).toEqual([0, 0])
    stream.inactivityTimeout = 100
    stream.inactivityTimeout = 200
    expect([stream.inactivityTimeout, clock.pending]).toEqual([200, 1])
    clock.advance(199)
    stream.inactivityTimeout = 0
    clock.advance(1000)
    expect([stream.status, clock.pending]).toEqual(['open', 0])
  })

  it('leaves no timer behind a stream that is over', () => {
    const clock = new HandClock()
    const { stream } = ownedStream({ clock, inactivityTimeout: 100 })
    stream.abort(new Error('enough'))
    expect(clock.pending).toBe(0)
    stream.inactivityTimeout = 50
    expect(clock.pending).toBe(0)
  })
})

describe('systemClock', () => {
  it('tells the time and never goes back', () => {
    const [first, second] = [systemClock.now(), systemClock.now()]
    expect(second).toBeGreaterThanOrEqual(first)
    expect(Math.abs(first - Date.now())).toBeLessThan(1000)
  })

  it('calls once, unless undone', async () => {
    const seen: string[] = []
    const undo = systemClock.after(1, () => seen.push('undone'))
    undo()
    undo()
    await new Promise<void>(resolve => systemClock.after(1, resolve))
    expect(seen).toEqual([])
  })
})

describe('clockOf', () => {
  it('is the clock that a stream was made with, and the real time for streams of others', () => {
    const clock = new HandClock()
    expect(clockOf(ownedStream({ clock }).stream)).toBe(clock)
    expect(clockOf({} as MessageStream)).toBe(systemClock)
  })
})

import { describe, expect, it } from 'vitest'
import { Places } from '../src/places.ts'
import { settle } from './fixtures.ts'

function gate(): { wait: () => Promise<void>; open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { wait: () => opened, open }
}

const full = (limit: number) => ({ limit, error: () => new RangeError(`${limit} wait`) })

describe('places', () => {
  it('lets so many run at once, in order, and refuses those beyond the line', async () => {
    const places = new Places(2, full(2))
    const gates = [gate(), gate(), gate(), gate()]
    const begun: number[] = []
    const jobs = gates.map(({ wait }, i) =>
      places.run(async () => {
        begun.push(i)
        await wait()
      })
    )
    await expect(places.run(async () => {})).rejects.toThrow('2 wait')
    expect(begun).toEqual([0, 1])
    gates[1]?.open()
    await settle()
    expect(begun).toEqual([0, 1, 2])
    for (const { open } of gates) open()
    await Promise.all(jobs)
    expect(begun).toEqual([0, 1, 2, 3])
    expect(places.areTaken).toBe(false)
  })

  it('go on after a job that failed', async () => {
    const places = new Places(1)
    await expect(places.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await places.run(async () => 'yes')).toBe('yes')
  })

  it('are not taken by who stops waiting', async () => {
    const places = new Places(1, full(1))
    const { wait, open } = gate()
    const first = places.run(wait)
    const controller = new AbortController()
    const second = places.run(() => Promise.reject(new Error('runs')), controller.signal)
    controller.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    const third = places.run(async () => 'third')
    open()
    await first
    expect(await third).toBe('third')
    expect(places.areTaken).toBe(false)
    await expect(places.run(async () => {}, controller.signal)).rejects.toThrow('enough')
  })
})

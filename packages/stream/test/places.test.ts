import { settle } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { Lane } from '../src/lane.ts'

function gate(): { wait: () => Promise<void>; open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { wait: () => opened, open }
}

describe('a lane', () => {
  it('runs so many at once, in order, and refuses those beyond its line', async () => {
    const lane = new Lane(2, 2)
    const gates = [gate(), gate(), gate(), gate()]
    const begun: number[] = []
    const jobs = gates.map(({ wait }, i) =>
      lane.run(async () => {
        begun.push(i)
        await wait()
      })
    )
    await expect(lane.run(async () => {})).rejects.toMatchObject({ name: 'IdentifyError', code: 'too-many' })
    expect(begun).toEqual([0, 1])
    gates[1]?.open()
    await settle()
    expect(begun).toEqual([0, 1, 2])
    for (const { open } of gates) open()
    await Promise.all(jobs)
    expect(begun).toEqual([0, 1, 2, 3])
  })

  it('goes on after a job that failed', async () => {
    const lane = new Lane(1, 1)
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await lane.run(async () => 'yes')).toBe('yes')
  })
})

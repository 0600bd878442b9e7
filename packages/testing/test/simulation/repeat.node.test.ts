import { execFile } from 'node:child_process'
import { setTimeout as realSleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/simulation/index.ts'
import { course } from './course.fixture.ts'

const run = promisify(execFile)

/** Milliseconds. Seconds of work, on a machine that may be busy with other work. */
const PATIENCE = 120_000

describe('the same seed', () => {
  it(
    'gives the same log, byte for byte, in one process',
    async () => {
      const [first, second, other] = [await course(1), await course(1), await course(2)]
      expect(second).toBe(first)
      expect(other).not.toBe(first)
      expect(first.split('\n').length).toBeGreaterThan(100)
    },
    PATIENCE
  )

  it(
    'gives the same log in another process, of the newest Node',
    async () => {
      const [node, fixture] = ['../../../../node_modules/.bin/node', './course.fixture.ts'].map(path =>
        fileURLToPath(new URL(path, import.meta.url))
      ) as [string, string]
      const { stdout } = await run(node, ['--no-warnings', '--conditions=@ts-libp2p/source', fixture])
      expect(stdout).toBe(await course(1))
    },
    PATIENCE
  )
})

describe('what is real', () => {
  it.each<[string, () => void]>([
    ['Date.now()', () => Date.now()],
    ['performance.now()', () => performance.now()],
    ['Math.random()', () => Math.random()],
    ['setTimeout()', () => clearTimeout(setTimeout(() => {}, 1000))],
    ['setInterval()', () => clearInterval(setInterval(() => {}, 1000))],
    ['AbortSignal.timeout()', () => AbortSignal.timeout(1000)],
    ['crypto.getRandomValues()', () => crypto.getRandomValues(new Uint8Array(1))],
    ['crypto.randomUUID()', () => crypto.randomUUID()],
    ['crypto.subtle.digest()', () => void crypto.subtle.digest('SHA-256', new Uint8Array(1))]
  ])('is found where it is used: %s', async (what, use) => {
    const world = simulate()
    const host = world.host()
    host.clock.after(10, use)
    const message = await world.run({ ms: 100 }).then(
      () => '',
      (err: Error) => err.message
    )
    expect(message).toContain(`${what} at`)
    expect(message).toContain('repeat.node.test.ts')
    await world.run({ ms: 100 })
  })

  it('is found in what a host runs at its start', async () => {
    const world = simulate()
    await expect(world.host({ run: () => Math.random() }).start()).rejects.toMatchObject({ code: 'leak' })
  })

  it('is nobody’s business between runs, or where it is allowed', async () => {
    const world = simulate({ reality: 'allow' })
    world.host().clock.after(10, () => Math.random())
    await world.run({ ms: 100 })
    const strict = simulate()
    await strict.run({ ms: 1 })
    expect(Date.now()).toBeGreaterThan(0)
    await realSleep(1)
    await strict.run({ ms: 1 })
    expect([world.nowMs, strict.nowMs]).toEqual([100, 2])
  })

  it('is restored as it was, by whoever is the last of several', async () => {
    const platform = (): unknown[] => [
      Date.now,
      performance.now,
      Math.random,
      setTimeout,
      crypto.getRandomValues,
      AbortSignal.timeout
    ]
    const before = platform()
    const [long, short, late] = [simulate(), simulate(), simulate()]
    for (let ms = 1; ms < 50; ms++) long.clock.after(ms, () => {})
    const running = [long.run({ ms: 100 }), short.run({ ms: 1 }).then(() => late.run({ ms: 100 }))]
    expect(platform()).not.toEqual(before)
    await Promise.all(running)
    expect(platform()).toEqual(before)
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CheckingThread } from '../src/checking-thread.node.ts'
import { ed25519FromSeed, useVerifierThread } from '../src/index.ts'
import { shareThread } from '../src/verifier-thread.node.ts'

const processors = vi.hoisted(() => ({ count: 2 }))
vi.mock('node:os', async original => ({
  ...(await original<typeof import('node:os')>()),
  availableParallelism: () => processors.count
}))

// The pinned Node, which runs TypeScript, whichever runs the test.
const NODE = new URL('../../../node_modules/.bin/node', import.meta.url).pathname
const USER = new URL('./verifier-thread.fixture.ts', import.meta.url).pathname

const author = ed25519FromSeed(new Uint8Array(32).fill(1))
const data = new Uint8Array(100)
const right = { key: author.publicKey, data: [data], signature: await author.sign(data) }

type Use = NonNullable<ReturnType<typeof useVerifierThread>>

/** As `useVerifierThread`, however busy this machine is. */
const useThread = shareThread(() => new CheckingThread({ crowding: { look: () => false } }))

/** Asks until a check is taken and answered. */
async function answered(use: Use): Promise<boolean> {
  for (;;) {
    await nextTurn()
    let isTaken = false
    const answer = new Promise<boolean>(resolve => {
      for (let i = 0; i < 20; i++) isTaken = use.take(right, resolve)
    })
    if (isTaken) return await answer
  }
}

describe('the thread that a process has for checking signatures', () => {
  beforeEach(() => {
    processors.count = 2
  })

  it('is there as long as somebody uses it', async () => {
    const [a, b] = [useThread()!, useThread()!]
    expect(await answered(a)).toBe(true)
    await a.close()
    await a.close()
    expect(a.take(right, () => {})).toBe(false)
    expect(await answered(b)).toBe(true)
    await b.close()
    const c = useThread()!
    expect(await answered(c)).toBe(true)
    await c.close()
  })

  it('does not answer those who have left', async () => {
    const [a, b] = [useThread()!, useThread()!]
    await answered(a)
    const answers: string[] = []
    const of = (name: string) => () => answers.push(name)
    for (let i = 0; i < 40; i++) a.take(right, of('a'))
    const last = new Promise<boolean>(resolve => {
      while (!b.take(right, resolve));
    })
    await a.close()
    expect(await last).toBe(true)
    expect(answers).toEqual([])
    await b.close()
  })

  it('is not there where there is one processor', () => {
    processors.count = 1
    expect(useVerifierThread()).toBeUndefined()
  })

  it.each(['closed', 'open'])('does not keep a process alive that leaves it %s', async how => {
    const child = spawn(NODE, ['--conditions=@ts-libp2p/source', USER, how], { stdio: ['ignore', 'pipe', 'inherit'] })
    const said: string[] = []
    child.stdout.on('data', text => said.push(String(text)))
    const [code] = await once(child, 'close')
    expect([said.join(''), code]).toEqual(['answered\n', 0])
  })
})

import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { CheckingThread } from '../src/checking-thread.node.ts'
import { ed25519FromSeed, generateKeyPair, publicKeyFromRaw } from '../src/index.ts'
import { MAX_WAITING_CHECK_BYTES, MAX_WAITING_CHECKS } from '../src/limits.ts'
import { VERIFIER_PROGRAM } from '../src/verifier-program.node.ts'
import type { SignatureCheck } from '../src/verifier-thread.ts'

const authors = Array.from({ length: 5 }, (_, i) => ed25519FromSeed(new Uint8Array(32).fill(i + 1)))
const roomy = { look: () => false }
const never = (): never => expect.unreachable('answered')

/** Right, unless every third. The data is longer for some than for others. */
async function checkOf(i: number): Promise<SignatureCheck & { isValid: boolean }> {
  const author = authors[i % authors.length]!
  const data = new Uint8Array(10 + ((i * 37) % 2000)).fill(i)
  const signature = await author.sign(data)
  const isValid = i % 3 !== 0
  if (!isValid) signature[i % 64]! ^= 1
  return { key: author.publicKey, data: [data.subarray(0, 7), data.subarray(7)], signature, isValid }
}

const some = await Promise.all(Array.from({ length: 100 }, (_, i) => checkOf(i)))
const right = some[1]!

/** Has the thread started, by one whose time stands still: it has one check waiting then. */
async function running(thread: CheckingThread): Promise<void> {
  askFor(thread, 16)
  while (!askFor(thread, 1)[0]) await nextTurn()
}

function askFor(thread: CheckingThread, count: number): boolean[] {
  return Array.from({ length: count }, () => thread.take(right, () => {}))
}

/** Runs, and takes all from now on: no time passes. */
async function withThread(program: string, run: (thread: CheckingThread) => Promise<void>): Promise<void> {
  const thread = new CheckingThread({ program, now: () => 0, crowding: roomy })
  try {
    await running(thread)
    await run(thread)
  } finally {
    await thread.stop()
  }
}

/** Hands the checks over until all were taken, and returns the answers in the order in which they came. */
async function answersTo(thread: CheckingThread, checks: readonly SignatureCheck[]): Promise<[number, boolean][]> {
  const answers: [number, boolean][] = []
  return await new Promise(resolve => {
    for (const [i, check] of checks.entries()) {
      const isTaken = thread.take(check, isValid => {
        answers.push([i, isValid])
        if (answers.length === checks.length) resolve(answers)
      })
      expect(isTaken).toBe(true)
    }
  })
}

/** Answers nothing, and dies when so many wait. */
const dyingAt = (count: number): string => `
const { parentPort, workerData } = require('node:worker_threads')
const control = new Int32Array(workerData.memory)
parentPort.postMessage('runs')
for (let seen; (seen = Atomics.load(control, 0)) < ${count}; ) Atomics.wait(control, 0, seen)
throw new Error('the thread dies')`

/** Answers nothing. */
const SILENT = dyingAt(Number.POSITIVE_INFINITY)

describe('a thread that checks signatures', () => {
  it('answers in order, several of one turn, and tells right from wrong', async () => {
    await withThread(VERIFIER_PROGRAM, async thread => {
      for (let round = 0; round < 5; round++) {
        expect(await answersTo(thread, some)).toEqual(some.map(({ isValid }, i) => [i, isValid]))
      }
    })
  })

  it('needs nothing of a check when it has taken it', async () => {
    await withThread(VERIFIER_PROGRAM, async thread => {
      const mine = { ...right, data: right.data.map(piece => piece.slice()), signature: right.signature.slice() }
      const answers: boolean[] = []
      const last = new Promise<boolean>(resolve => {
        for (const one of some) thread.take(one, isValid => answers.push(isValid))
        thread.take(mine, resolve)
      })
      for (const bytes of [...mine.data, mine.signature]) bytes.fill(0)
      expect(await last).toBe(true)
      expect(answers).toHaveLength(some.length)
    })
  })

  it('is not bothered with other keys and signatures of other lengths', async () => {
    const other = await generateKeyPair('secp256k1')
    const foreign = { key: other.publicKey, data: right.data, signature: new Uint8Array(64) }
    const long = { ...right, signature: new Uint8Array(65) }
    await withThread(VERIFIER_PROGRAM, async thread => {
      expect([foreign, long, right].map(check => thread.take(check, () => {}))).toEqual([false, false, true])
    })
  })

  it('is not bothered while there is time here: for one check a millisecond, and sixteen at once', async () => {
    let now = 0
    const thread = new CheckingThread({ now: () => now, crowding: roomy })
    await running(thread)
    const taken = (): number => askFor(thread, 20).filter(isTaken => isTaken).length
    expect(taken()).toBe(20)
    now += 3.5
    expect(taken()).toBe(17)
    now += 0.5
    expect(taken()).toBe(19)
    now += 1000
    expect(taken()).toBe(4)
    await thread.stop()
  })

  it('is not bothered while all processors are busy: it would be one more to wait', async () => {
    let isCrowded = false
    const thread = new CheckingThread({ now: () => 0, crowding: { look: () => isCrowded } })
    await running(thread)
    isCrowded = true
    expect(askFor(thread, 20)).not.toContain(true)
    isCrowded = false
    expect(askFor(thread, 20)).not.toContain(false)
    await thread.stop()
  })

  it('is not asked about keys that anybody can sign for', async () => {
    // RFC 8032 §5.1.7: with a key of small order this holds for any data, as far as OpenSSL is concerned.
    const weak = publicKeyFromRaw(Uint8Array.of(1, ...new Uint8Array(31)))
    const signature = Uint8Array.of(1, ...new Uint8Array(63))
    await withThread(VERIFIER_PROGRAM, async thread => {
      expect(thread.take({ key: weak, data: right.data, signature }, never)).toBe(false)
      expect(weak.verify(right.data[0]!, signature)).toBe(false)
    })
  })

  it('is started when there is much to check, and not before', async () => {
    let now = 0
    const thread = new CheckingThread({ now: () => now, crowding: roomy })
    for (; now < 10_000; now += 16) expect(askFor(thread, 16)).not.toContain(true)
    askFor(thread, 16 + 63)
    expect(thread).toMatchObject({ status: 'not needed' })
    askFor(thread, 1)
    expect(thread).toMatchObject({ status: 'starting' })
    await running(thread)
    await thread.stop()
  })

  it('has so many waiting, and no more', async () => {
    await withThread(SILENT, async thread => {
      let taken = 1
      while (thread.take(right, never)) taken++
      expect(taken).toBe(MAX_WAITING_CHECKS)
    })
  })

  it('has so many bytes waiting, and no more', async () => {
    const data = new Uint8Array(100_000)
    await withThread(SILENT, async thread => {
      let taken = 0
      while (thread.take({ ...right, data: [data] }, never)) taken++
      expect(taken).toBe(Math.floor(MAX_WAITING_CHECK_BYTES / 100_097))
      expect(thread.take({ ...right, data: [new Uint8Array(MAX_WAITING_CHECK_BYTES)] }, never)).toBe(false)
    })
  })

  it('loses nothing when it dies', async () => {
    await withThread(dyingAt(50), async thread => {
      const answers = await answersTo(thread, some)
      expect(answers.toSorted(([a], [b]) => a - b)).toEqual(some.map(({ isValid }, i) => [i, isValid]))
      expect(thread.take(right, never)).toBe(false)
    })
  })

  it.each([
    ['has a mistake', '}'],
    ['dies at once', 'process.exit(1)']
  ])('does without it where it cannot run: %s', async (_, program) => {
    const thread = new CheckingThread({ program, crowding: roomy })
    expect(askFor(thread, 100)).not.toContain(true)
    await vi.waitFor(() => expect(thread).toMatchObject({ status: 'over' }), { timeout: 30_000 })
    expect(thread.take(right, never)).toBe(false)
    await thread.stop()
  })

  it('does not answer any more when it was stopped', async () => {
    await withThread(VERIFIER_PROGRAM, async thread => {
      for (const check of some) expect(thread.take(check, never)).toBe(true)
      await thread.stop()
      await thread.stop()
      expect(thread.take(right, never)).toBe(false)
    })
  })
})

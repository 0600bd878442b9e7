import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { type ByteStream, runDialogue, StreamReader, take } from '../src/index.ts'
import { counting, HandClock, pair, settle } from './fixtures.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const STREAMS = 10_000

/** What a long-lived node holds on to while streams come and go. */
const node = { clock: new HandClock(), signal: new AbortController().signal }

/** Uses a stream in every way that leaves something with its signal, its clock or its waiters. */
async function useAndEnd(i: number): Promise<ByteStream[]> {
  const { clock, signal } = node
  const [a, b] = pair({ clock, inactivityTimeout: 1000 })
  a.addEventListener('drain', () => a.status, { signal })
  a.send(counting(10))
  const reader = new StreamReader(b)
  await reader.read(10, { signal })
  const playing = runDialogue(b, take(1), { signal })
  a.send(counting(1))
  await playing
  if (i % 2 === 0) await Promise.all([a.close({ signal }), b.close({ signal })])
  else a.abort(new Error('enough'))
  await settle()
  return [a, b]
}

describe('memory', () => {
  it(`holds none of ${STREAMS} streams that are over, while clock and signal live on`, async () => {
    const refs: WeakRef<ByteStream>[] = []
    for (let i = 0; i < STREAMS / 2; i++) for (const stream of await useAndEnd(i)) refs.push(new WeakRef(stream))
    expect(refs).toHaveLength(STREAMS)
    await settle()
    gc()
    // The last ones may still lie on the stack.
    expect(refs.filter(ref => ref.deref() !== undefined).length).toBeLessThan(10)
    expect(node.clock.pending).toBe(0)
  })

  it('still removes a listener with its signal after a collection', async () => {
    const [a] = pair()
    const abort = new AbortController()
    a.addEventListener('close', () => {}, { signal: abort.signal })
    await settle()
    gc()
    abort.abort()
    expect(a.listenerCount('close')).toBe(0)
  })
})

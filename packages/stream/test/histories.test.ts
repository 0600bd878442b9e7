import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, counting, eventsOf, ownedStream, settle } from './fixtures.ts'
import { History, OPERATIONS, type Step } from './history.ts'

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom(...OPERATIONS, 'receive', 'receive', 'settle'),
  size: fc.integer({ min: 1, max: 40 })
})

/** Does the steps, ends the stream if they did not, and lets everything come to rest with nobody reading. */
async function played(steps: readonly Step[], end: 'receiveEnd' | 'lost' | 'abort'): Promise<History> {
  const history = new History()
  for (const { op, size } of steps) {
    if (op === 'settle') await settle()
    else history[op](size)
  }
  history[end]()
  await settle()
  history.unlisten()
  history.detach(1)
  history.resume()
  await settle()
  return history
}

const histories = [fc.array(step, { maxLength: 40 }), fc.constantFrom('receiveEnd', 'lost', 'abort')] as const

describe('whatever happened to a stream, in whatever order', () => {
  it('iteration gives every byte that arrived, then the end that they had', async () => {
    await fc.assert(
      fc.asyncProperty(...histories, async (steps, end) => (await played(steps, end)).checkIteration()),
      { numRuns: 300 }
    )
  })

  it('an attached reader is given the same', async () => {
    await fc.assert(
      fc.asyncProperty(...histories, async (steps, end) => (await played(steps, end)).checkReader(settle)),
      { numRuns: 300 }
    )
  })

  it('our own end was sent, or fails with what ended the stream', async () => {
    await fc.assert(
      fc.asyncProperty(...histories, async (steps, end) => (await played(steps, end)).checkWriter()),
      { numRuns: 300 }
    )
  })
})

describe('a stream that is lost after its remote ended', () => {
  const reason = new Error('cable cut')

  it('gives its reader all and a clean end, and fails its writer', async () => {
    const { stream } = ownedStream()
    const events = eventsOf(stream)
    stream.receive(counting(300))
    stream.receiveEnd()
    const closing = stream.close().catch((err: unknown) => err)
    stream.receiveReset(reason)
    expect([stream.status, stream.readStatus, stream.readBufferLength]).toEqual(['reset', 'readable', 300])
    expect(await collect(stream)).toEqual(counting(300))
    expect(await collect(stream)).toEqual(new Uint8Array(0))
    expect(await closing).toBe(reason)
    expect([events, stream.readableEnded]).toEqual([['remoteCloseWrite', 'close false cable cut', 'end'], true])
  })

  it('tells listeners of messages the end after the last of them', async () => {
    const { stream } = ownedStream()
    const course: unknown[] = []
    stream.receive(counting(3))
    stream.receiveEnd()
    stream.receiveReset(reason)
    stream.addEventListener('end', () => course.push('end'))
    stream.addEventListener('message', ({ data }) => course.push(data.byteLength))
    await settle()
    expect(course).toEqual([3, 'end'])
  })

  it('ends the reading in good order also when we had ended it ourselves', async () => {
    const { stream } = ownedStream()
    await stream.closeRead()
    stream.receiveReset(reason)
    expect(await collect(stream)).toEqual(new Uint8Array(0))
    expect(() => stream.send(counting(1))).toThrow('the stream was reset: cable cut')
  })
})

describe('a reader that was attached just before the loss', () => {
  it.each([
    ['after the remote ended', true, ['3 bytes', 'end', 'closed cable cut']],
    ['without an end', false, ['3 bytes', 'closed cable cut']]
  ])('is given what waited before it learns of that: %s', async (_, isEnded, expected) => {
    const { stream } = ownedStream()
    const course: string[] = []
    stream.receive(counting(3))
    if (isEnded) stream.receiveEnd()
    stream.attach({
      receive: chunk => course.push(`${chunk.byteLength} bytes`),
      end: () => course.push('end'),
      closed: error => course.push(`closed ${error?.message}`)
    })
    stream.receiveReset(new Error('cable cut'))
    await settle()
    expect(course).toEqual(expected)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { counting, ownedStream, settle } from './fixtures.ts'

describe('credit', () => {
  it('returns when bytes are taken, not when they arrive', async () => {
    const { stream, owner } = ownedStream()
    stream.receive(counting(1000))
    stream.receive(counting(2000))
    await settle()
    expect(owner.creditBytes).toBe(0)
    const chunks = stream[Symbol.asyncIterator]()
    await chunks.next()
    expect(owner.of('consumed')).toEqual([1000])
    await chunks.next()
    expect(owner.of('consumed')).toEqual([1000, 2000])
  })

  it('does not return during a pause', async () => {
    const { stream, owner } = ownedStream()
    stream.pause()
    stream.addEventListener('message', () => {})
    stream.receive(counting(10))
    await settle()
    expect(owner.creditBytes).toBe(0)
    stream.resume()
    await settle()
    expect(owner.creditBytes).toBe(10)
  })

  it('returns to an attached reader at once', () => {
    const { stream, owner } = ownedStream()
    stream.attach({ receive() {}, end() {}, closed() {} })
    stream.receive(counting(10))
    expect(owner.of('consumed')).toEqual([10])
  })

  it('returns once for bytes that are given back', async () => {
    const { stream, owner } = ownedStream()
    stream.receive(counting(10))
    const chunks = stream[Symbol.asyncIterator]()
    for (let i = 0; i < 5; i++) stream.unshift((await chunks.next()).value)
    await chunks.next()
    expect(owner.of('consumed')).toEqual([10])
  })

  it('is not given for bytes that never came from the remote', async () => {
    const { stream, owner } = ownedStream()
    stream.push(counting(100))
    await stream[Symbol.asyncIterator]().next()
    expect(owner.creditBytes).toBe(0)
  })

  it('is not given on a stream that is over', async () => {
    const { stream, owner } = ownedStream()
    stream.receive(counting(10))
    stream.receiveReset(new Error('gone'))
    await stream[Symbol.asyncIterator]().next()
    expect(owner.creditBytes).toBe(0)
  })

  it('given back adds up to the bytes that were taken, whatever was read, returned and detached on the way', async () => {
    const step = fc.oneof(
      fc.record({ receive: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ takeAndReturn: fc.nat(100) }),
      fc.record({ detachWith: fc.nat(100) }),
      fc.constant({ take: true })
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async course => {
        const { stream, owner } = ownedStream()
        let received = 0
        for (const action of course) {
          if ('receive' in action) {
            received += action.receive
            stream.receive(counting(action.receive))
          } else if (stream.readBufferLength > 0) {
            if ('detachWith' in action) await detachWith(stream, action.detachWith)
            else {
              const { value } = await stream[Symbol.asyncIterator]().next()
              if ('takeAndReturn' in action) stream.unshift((value as Uint8Array).subarray(action.takeAndReturn))
            }
          }
          // Never more than was taken: what waits and came from the remote is not paid for.
          expect(owner.creditBytes).toBeLessThanOrEqual(received)
        }
        while (stream.readBufferLength > 0) await stream[Symbol.asyncIterator]().next()
        expect(owner.creditBytes).toBe(received)
      })
    )
  })
})

/** A reader that takes one chunk and returns all but its first bytes. */
async function detachWith(stream: ReturnType<typeof ownedStream>['stream'], keep: number): Promise<void> {
  const port = {
    receive: (chunk: Uint8Array) => stream.detach(port, chunk.subarray(keep)),
    end() {},
    closed() {}
  }
  stream.attach(port)
  await settle()
}

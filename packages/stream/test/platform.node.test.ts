import { describe, expect, it } from 'vitest'
import { afterInput, defer, systemClock } from '../src/index.ts'
import { counting, ownedStream } from './fixtures.ts'

describe('systemClock in Node', () => {
  it('does not keep the process alive', () => {
    const before = process.getActiveResourcesInfo().length
    const undo = systemClock.after(60_000, () => {})
    expect(process.getActiveResourcesInfo()).toHaveLength(before)
    undo()
  })
})

describe('afterInput in Node', () => {
  it('is after what comes of all input: promises, ticks and what they put off', async () => {
    const order: string[] = []
    await new Promise<void>(done => {
      afterInput(() => order.push('after input'))
      afterInput(done)
      defer(() => void Promise.resolve().then(() => defer(() => order.push('deferred'))))
    })
    expect(order).toEqual(['deferred', 'after input'])
  })
})

describe('lent buffers in Node', () => {
  it('are copied even when they are Buffers, whose slice() is a view', async () => {
    const { stream } = ownedStream({ lendsBuffers: true })
    const kept: Uint8Array[] = []
    const lendBuffer = (): void => {
      const lent = Buffer.from(counting(1000))
      stream.receive(lent)
      lent.fill(0xdb)
    }
    const next = stream[Symbol.asyncIterator]().next()
    const port = { receive: (chunk: Uint8Array) => void kept.push(chunk), end() {}, closed() {} }
    stream.attach(port)
    lendBuffer()
    stream.detach(port)
    lendBuffer()
    lendBuffer()
    kept.push((await next).value, (await stream[Symbol.asyncIterator]().next()).value)
    expect(kept).toEqual([counting(1000), counting(1000), counting(1000)])
  })
})

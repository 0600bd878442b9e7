import { concat } from '@ts-libp2p/bytes'
import { InvalidParametersError } from '@ts-libp2p/interface'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ByteStream,
  ChurnGuard,
  Fifo,
  FrameBatch,
  HEADER_SLAB_BYTES,
  linkPair,
  MAX_CHURN_BURST,
  MAX_CHURN_PER_SECOND,
  resolveMuxerOptions
} from '../src/index.ts'

describe('Fifo', () => {
  it('is a queue, whatever is pushed and taken when', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 40 })), steps => {
        const fifo = new Fifo<number>()
        const model: number[] = []
        let next = 1
        for (const step of steps) {
          for (let i = 0; i < step; i++) {
            fifo.push(next)
            model.push(next++)
          }
          for (let i = step; i < 40; i += 10) expect(fifo.shift()).toBe(model.shift())
          expect(fifo.length).toBe(model.length)
        }
      })
    )
  })

  it('does not grow when it never empties', () => {
    const fifo = new Fifo<number>()
    fifo.push(0)
    fifo.push(1)
    for (let i = 0; i < 10_000; i++) fifo.push(fifo.shift() as number)
    expect((fifo as unknown as { items: number[] }).items.length).toBeLessThan(300)
    expect([fifo.shift(), fifo.shift(), fifo.shift()]).toEqual([0, 1, undefined])
  })
})

describe('ChurnGuard', () => {
  it('lets a burst through and no more', () => {
    const guard = new ChurnGuard()
    for (let i = 0; i < MAX_CHURN_BURST; i++) expect(guard.count(0)).toBe(true)
    expect(guard.count(0)).toBe(false)
  })

  it('earns back what time allows, up to a burst', () => {
    const guard = new ChurnGuard()
    const countAll = (now: number): number => {
      let counted = 0
      while (guard.count(now)) counted++
      return counted
    }
    expect(countAll(0)).toBe(MAX_CHURN_BURST)
    expect(countAll(1000)).toBe(MAX_CHURN_PER_SECOND - 1)
    expect(countAll(3_600_000)).toBe(MAX_CHURN_BURST)
    expect(guard.count(0)).toBe(false)
  })
})

describe('FrameBatch', () => {
  const queued = (bytes: Uint8Array): ByteStream => {
    const [stream] = linkPair(end => new ByteStream(end))
    stream.send(bytes)
    return stream
  }
  const header = (batch: FrameBatch, ...bytes: number[]): void => {
    const at = batch.reserve(bytes.length)
    batch.slab.set(bytes, at)
  }

  it('joins headers that follow each other and passes bodies on as they are', () => {
    const batch = new FrameBatch()
    const body = Uint8Array.of(7, 8, 9)
    header(batch, 1, 2)
    header(batch, 3)
    batch.pull(queued(body), 10)
    header(batch, 4)
    expect(batch.byteLength).toBe(7)
    const buffers = batch.take()
    expect(buffers.map(b => [...b])).toEqual([[1, 2, 3], [7, 8, 9], [4]])
    expect(buffers[1]?.buffer).toBe(body.buffer)
    expect([batch.byteLength, batch.take()]).toEqual([0, []])
  })

  it('never writes over what was taken', () => {
    const batch = new FrameBatch()
    const taken: Uint8Array[] = []
    const expected: number[] = []
    for (let i = 0; i < HEADER_SLAB_BYTES; i++) {
      header(batch, i % 256, 1, 2, 3, 4)
      expected.push(i % 256, 1, 2, 3, 4)
      if (i % 7 === 0) taken.push(...batch.take())
    }
    taken.push(...batch.take())
    expect([...concat(taken)]).toEqual(expected)
  })
})

describe('resolveMuxerOptions', () => {
  const resolve = (given: { size?: number }) => resolveMuxerOptions('muxer', { size: 5 }, { size: [1, 9] }, given)

  it.each([
    [{}, 5],
    [{ size: undefined }, 5],
    [{ size: 1 }, 1],
    [{ size: 9 }, 9]
  ])('%o gives %d', (given, size) => {
    expect(resolve(given)).toEqual({ size })
  })

  it.each([0, 10, 1.5, Number.NaN, '7'])('refuses %s and says what to change', value => {
    expect(() => resolve({ size: value as number })).toThrow(InvalidParametersError)
    expect(() => resolve({ size: value as number })).toThrow(
      `muxer: size is ${value}; it must be an integer from 1 to 9`
    )
  })
})

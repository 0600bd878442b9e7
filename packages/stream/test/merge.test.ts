import { describe, expect, it } from 'vitest'
import { merge } from '../src/index.ts'

async function* these<T>(...items: T[]): AsyncGenerator<T> {
  yield* items
}

function failing(message: string): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error(message)) }) }
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

describe('merge', () => {
  it('gives everything, each source in its order', async () => {
    const all = await collect(merge([these(1, 2, 3), these(10, 20), these<number>()]))
    expect(all.filter(n => n < 10)).toEqual([1, 2, 3])
    expect(all.filter(n => n >= 10)).toEqual([10, 20])
  })

  it('of nothing is nothing', async () => {
    expect(await collect(merge([]))).toEqual([])
  })

  it('goes on when a source fails, and throws when all have', async () => {
    expect(await collect(merge([failing('a'), these(1)]))).toEqual([1])
    await expect(collect(merge([failing('a'), failing('b')]))).rejects.toThrow('a; b')
  })

  it('takes one item of each source ahead, no more', async () => {
    let made = 0
    const counting = async function* (): AsyncGenerator<number> {
      for (;;) yield made++
    }
    const merged = merge([counting()])
    for (let i = 0; i < 5; i++) await merged.next()
    expect(made).toBeLessThanOrEqual(6)
    await merged.return()
  })

  it('ends all sources when it is left, also those that are waited for', async () => {
    const ended: string[] = []
    const source = async function* (name: string, item?: number): AsyncGenerator<number> {
      try {
        if (item !== undefined) yield item
        yield 0
      } finally {
        ended.push(name)
      }
    }
    for await (const _ of merge([source('a', 1), source('b', 2)])) break
    await Promise.resolve()
    expect(ended.sort()).toEqual(['a', 'b'])
  })
})

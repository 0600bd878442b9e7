import { describe, expect, it } from 'vitest'
import { optional } from '../src/index.ts'

interface Bag {
  clock?: number
}

const throwing = (name: string): Bag => ({
  get clock(): number {
    throw Object.assign(new Error('clock not set'), { name })
  }
})

describe('a component that a module can do without', () => {
  it.each([
    ['is there', { clock: 1 }, 1],
    ['is not there', {}, undefined],
    ['is not there, and the node throws as those of js-libp2p do', throwing('MissingServiceError'), undefined]
  ])('%s', (_, bag: Bag, expected) => expect(optional(bag, 'clock')).toBe(expected))

  it('fails as its node does when it could not be made', () => {
    expect(() => optional(throwing('TypeError'), 'clock')).toThrow('clock not set')
  })
})

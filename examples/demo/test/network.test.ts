import { describe, expect, it } from 'vitest'
import { runNetwork } from '../src/network/index.ts'

describe('five processes', () => {
  it.each([
    ['find each other by multicast', true],
    ['find each other by one address where multicast is off', false]
  ])(
    '%s, keep a record, find content and chat',
    async (_, hasMulticast) => {
      const lines: string[] = []
      await runNetwork({ hasMulticast, print: line => lines.push(line) })
      const printed = lines.join('\n')
      expect(printed.includes('multicast      is off here')).toBe(!hasMulticast)
      expect(printed).toContain('“The network is the people in it.”')
      expect(printed).toContain('20 delivered')
    },
    60_000
  )
})

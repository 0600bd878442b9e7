import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, it } from 'vitest'
import { decodeBase58, encodeBase58 } from '../src/base58.ts'

describe('base58', () => {
  const leadingZeros = fc.tuple(fc.nat(4), fc.uint8Array({ maxLength: 60 }))

  it('is what multiformats makes of the same bytes', () => {
    fc.assert(
      fc.property(leadingZeros, ([zeros, rest]) => {
        const bytes = Uint8Array.of(...new Uint8Array(zeros), ...rest)
        const text = base58btc.baseEncode(bytes)
        expect(encodeBase58(bytes)).toBe(text)
        expect(decodeBase58(text)).toEqual(bytes)
      }),
      { numRuns: 1000 }
    )
  })

  it.each([...'0OIl +/=_é\u0000😀'])('has no %j in its alphabet', character => {
    for (const text of [character, `${character}abcde`, `abcde${character}`, `1${character}1`]) {
      expect(decodeBase58(text)).toBeUndefined()
    }
  })
})

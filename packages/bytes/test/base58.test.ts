import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, it } from 'vitest'
import { decodeBase58, encodeBase58, NOT_BASE58 } from '../src/index.ts'

function decode(text: string): Uint8Array | undefined {
  const target = new Uint8Array(text.length + 2)
  const end = decodeBase58(`x${text}x`, 1, text.length + 1, target, 1)
  return end === NOT_BASE58 ? undefined : target.slice(1, end)
}

describe('base58', () => {
  const leadingZeros = fc.tuple(fc.nat(4), fc.uint8Array({ maxLength: 60 }))

  it('is what multiformats makes of the same bytes', () => {
    fc.assert(
      fc.property(leadingZeros, ([zeros, rest]) => {
        const bytes = Uint8Array.of(...new Uint8Array(zeros), ...rest)
        const text = base58btc.baseEncode(bytes)
        expect(encodeBase58(bytes)).toBe(text)
        expect(encodeBase58(Uint8Array.of(7, ...bytes, 7), 1, bytes.length + 1)).toBe(text)
        expect(decode(text)).toEqual(bytes)
      }),
      { numRuns: 1000 }
    )
  })

  it.each([...'0OIl +/=_é\u0000😀'])('has no %j in its alphabet', character => {
    for (const text of [character, `${character}abcde`, `abcde${character}`, `1${character}1`]) {
      expect(decode(text)).toBeUndefined()
    }
  })
})

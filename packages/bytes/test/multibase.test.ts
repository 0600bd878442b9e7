import fc from 'fast-check'
import { base16, base16upper } from 'multiformats/bases/base16'
import * as base32s from 'multiformats/bases/base32'
import { base36, base36upper } from 'multiformats/bases/base36'
import { base58btc, base58flickr } from 'multiformats/bases/base58'
import { base64, base64pad, base64url, base64urlpad } from 'multiformats/bases/base64'
import { describe, expect, it } from 'vitest'
import { BASE32, BASE64, BASE64_URL, decodeBase, decodeMultibase, encodeBase } from '../src/index.ts'

interface Base {
  readonly name: string
  readonly prefix: string
  encode(bytes: Uint8Array): string
  decode(text: string): Uint8Array
}

const bases: Base[] = [
  ...[base16, base16upper, base36, base36upper, base58btc, base58flickr],
  ...[base64, base64pad, base64url, base64urlpad, ...Object.values(base32s)]
]

const bytes = fc
  .tuple(fc.nat(4), fc.uint8Array({ maxLength: 60 }))
  .map(([n, rest]) => Uint8Array.of(...Array(n).fill(0), ...rest))

/** What the library makes of a text. It has no digits beyond Latin-1, and takes them for zeros. */
function libraryDecodes(base: Base, text: string): Uint8Array | undefined {
  try {
    return base.decode(text)
  } catch {
    return undefined
  }
}

describe.each(bases)('multibase $name', base => {
  it('is what multiformats makes of the same bytes', () => {
    fc.assert(
      fc.property(bytes, data => {
        expect(decodeMultibase(base.encode(data))).toEqual(data)
      })
    )
  })

  it('reads and refuses what multiformats does', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdwxyzABCDWXYZ+/-_'), maxLength: 12 })
    const padding = fc.constantFrom('', '', '=', '===')
    fc.assert(
      fc.property(digits, padding, (text, end) => {
        const whole = base.prefix + text + end
        expect(decodeMultibase(whole)).toEqual(libraryDecodes(base, whole))
      }),
      { numRuns: 300 }
    )
  })
})

describe('multibase', () => {
  it.each(['', '7', '0101', '9123', '😀', 'K\u212a', '\u212a2', 'H1', 'b=a', 'M=='])(
    'reads nothing of %j but bytes',
    text => {
      const isEmpty = text === 'M=='
      expect(decodeMultibase(text)).toEqual(isEmpty ? new Uint8Array(0) : undefined)
    }
  )
})

describe('encodeBase', () => {
  it.each([
    ['base32', BASE32, base32s.base32],
    ['base64', BASE64, base64],
    ['base64url', BASE64_URL, base64url]
  ])('writes %s as multiformats does', (_, alphabet, base) => {
    fc.assert(
      fc.property(bytes, data => {
        const text = encodeBase(data, alphabet)
        expect(text).toBe(base.baseEncode(data))
        expect(decodeBase(text, alphabet)).toEqual(data)
      })
    )
  })
})

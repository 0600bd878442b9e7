import { bytesEqual, fromHex, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DerReader, TAG } from '../src/der.ts'
import { der, derUnsigned } from '../src/der-writer.ts'

describe('DER', () => {
  it.each([
    ['', '020100'],
    ['01', '020101'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['0100', '02020100']
  ])('integer 0x%s is %s', (value, hex) => {
    expect(toHex(derUnsigned(fromHex(value)))).toBe(hex)
    expect(toHex(new DerReader(fromHex(hex)).unsigned())).toBe(value)
  })

  it('reads back elements of every length', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(300), fc.constantFrom(127, 128, 255, 256, 65_535)), length => {
        const content = new Uint8Array(length).fill(5)
        const reader = new DerReader(der(TAG.OCTET_STRING, content))
        expect(bytesEqual(reader.element(TAG.OCTET_STRING), content)).toBe(true)
        expect(reader.isAtEnd).toBe(true)
      })
    )
  })

  it.each([
    ['an empty integer', '0200'],
    ['a negative integer', '020180'],
    ['an integer with a leading zero', '02020001'],
    ['another tag', '040101'],
    ['an indefinite length', '028001010000'],
    ['a length in two bytes that fits one', '02810101'],
    ['a length in three bytes that fits two', '0282000101'],
    ['a length in four bytes', '02830000010101'],
    ['a length past the end', '020201'],
    ['no length', '02'],
    ['nothing', '']
  ])('refuses %s', (_, hex) => {
    expect(() => new DerReader(fromHex(hex)).unsigned()).toThrow()
  })

  it.each(['0300', '03020780', '030201ff'])('refuses the bit string %s, of no whole bytes', hex => {
    expect(() => new DerReader(fromHex(hex)).bits()).toThrow(expect.objectContaining({ code: 'invalid-key' }))
  })
})

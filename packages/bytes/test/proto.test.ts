import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, MAX_GROUP_DEPTH, toHex } from '../src/index.ts'
import { Colour, Everything } from './pb/every-type.js'
import { Legacy } from './pb/legacy.js'

const encode = (message: Everything.$Properties): Uint8Array => Everything.encode(message).finish()
const read = (hex: string): Everything => Everything.decode(fromHex(hex))

/** The message of a field of varints and its hex, with the field's number. Source: protobuf.dev, "Encoding". */
describe('a field', () => {
  it.each<[string, Everything.$Properties, string]>([
    ['of 150', { u32: 150 }, '10 9601'],
    ['of the largest uint32', { u32: 2 ** 32 - 1 }, '10 ffffffff0f'],
    ['of -2', { i32: -2 }, '18 feffffffffffffffff01'],
    ['of the largest uint64', { u64: 2n ** 64n - 1n }, '20 ffffffffffffffffff01'],
    ['of 2^53 as a number', { u64: 2 ** 53 }, '20 8080808080808010'],
    ['of -1 as an int64', { i64: -1n }, '28 ffffffffffffffffff01'],
    ['of 8 bytes, little-endian', { f64: 0x0102030405060708n }, '31 0807060504030201'],
    ['of text', { text: 'testing' }, '3a 07 74657374696e67'],
    ['of text beyond ASCII', { text: 'Grüße' }, '3a 07 4772c3bcc39f65'],
    ['of a negative enum value', { colour: Colour.BEIGE }, '48 f9ffffffffffffffff01'],
    ['of a message', { inner: { name: 'a', count: 0 } }, '5a 05 0a0161 1000'],
    ['of an empty message', { inner: {} }, '5a 00'],
    ['of a default with presence', { maybeU32: 0, maybeText: '' }, '9001 00 a201 00'],
    ['of packed numbers', { u32s: [3, 270, 86942] }, '9202 06 03 8e02 9ea705'],
    ['of numbers that are not packed', { looseU32s: [1, 2] }, 'a802 01 a802 02'],
    ['with the highest number', { byInner: {} }, 'faffffff0f 00']
  ])('%s', (_, message, hex) => {
    expect(toHex(encode(message))).toBe(toHex(fromHex(hex)))
    expect(toHex(encode(read(hex)))).toBe(toHex(fromHex(hex)))
  })

  it('that is absent, null, or a default without presence is not written', () => {
    const message = { u32: 0, text: '', flag: false, data: new Uint8Array(0), u64: 0n, inner: null, u32s: [] }
    expect(toHex(encode({ ...message, maybeU32: undefined, texts: null }))).toBe('')
  })

  it('absent from the message is undefined where it has presence, else its default', () => {
    expect(read('')).toMatchObject({ u32: 0, text: '', flag: false, u64: 0n, data: new Uint8Array(0), texts: [] })
    expect(read('')).toMatchObject({ maybeU32: undefined, maybeText: undefined, inner: undefined, byName: undefined })
  })

  it('that comes twice: the last one wins, messages are merged, lists go on', () => {
    expect(read('1001 1002').u32).toBe(2)
    expect(read('5a 05 0a0161 1001 5a 03 0a0162').inner).toMatchObject({ name: 'b', count: 1 })
    expect(read('9202 01 01 9002 02 9202 01 03').u32s).toEqual([1, 2, 3])
    const choice = read('fa7f 0161 808001 05')
    expect(choice).toMatchObject({ byName: undefined, byNumber: 5 })
  })

  it('that is unknown, or of another type, is passed over', () => {
    const unknown = ['f801 8001', 'f901 0000000000000000', 'fa01 02 0000', 'fb01 0801 fb02 fc02 fc01', 'fd01 00000000']
    expect(read(`${unknown.join('')} 1007 12 01 00`)).toEqual({ ...read(''), u32: 7 })
  })

  it('of proto2 text may hold anything', () => {
    expect(Legacy.decode(fromHex('0a 02 ff61')).text).toBe('\ufffda')
  })
})

describe('bytes that are read', () => {
  it('are views', () => {
    const input = fromHex('42020a0b')
    expect(Everything.decode(input).data.buffer).toBe(input.buffer)
  })

  it.each([
    ['a cut varint', '10 80', 'truncated'],
    ['a tag without a value', '10', 'truncated'],
    ['a length beyond the end', '3a 05 61', 'truncated'],
    ['a length beyond the end of the message around it', '5a 03 0a0561 6161', 'truncated'],
    ['a length near 2^32', '3a ffffffff0f', 'truncated'],
    ['8 bytes cut short', '31 000000', 'truncated'],
    ['a packed list cut short', '9202 02 0180', 'truncated'],
    ['a group without an end', 'fb01', 'truncated'],
    ['a varint of 11 bytes', '10 ffffffffffffffffffff01', 'not-protobuf'],
    ['a 64-bit varint of 11 bytes', '20 ffffffffffffffffffff01', 'not-protobuf'],
    ['a tag over 32 bits', 'ffffffff1f 00', 'not-protobuf'],
    ['a length spelled in 6 bytes', '3a 808080808000', 'not-protobuf'],
    ['field number 0', '02 00', 'not-protobuf'],
    ['a group that ends and did not begin', 'fc01', 'not-protobuf'],
    ['a group with another end', 'fb01 8402', 'not-protobuf'],
    ['a wire type that there is not', 'fe01', 'not-protobuf'],
    ['text that is not UTF-8', '3a 01 ff', 'not-utf8']
  ])('are refused: %s', (_, hex, code) => {
    expect(() => read(hex)).toThrow(expect.objectContaining({ name: 'BytesError', code }))
  })

  it('may hold groups up to a depth', () => {
    const nested = (depth: number): string => 'fb01'.repeat(depth) + 'fc01'.repeat(depth)
    expect(read(nested(MAX_GROUP_DEPTH))).toEqual(read(''))
    expect(() => read(nested(MAX_GROUP_DEPTH + 1))).toThrow(expect.objectContaining({ code: 'not-protobuf' }))
  })
})

describe('the writer', () => {
  it('holds messages of any size, one after another and at once', () => {
    const sizes = fc.array(fc.oneof(fc.nat(600), fc.nat(100_000)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(sizes, lengths => {
        const parts = lengths.map((length, i) => new Uint8Array(length).fill(i + 1))
        const writers = parts.map(part => Everything.encode({ data: part, inner: { parts: [part] } }))
        const messages = writers.map(writer => Everything.decode(writer.finish()))
        for (const [i, { data, inner }] of messages.entries()) {
          expect(data.byteLength === 0 || data.every(byte => byte === i + 1)).toBe(true)
          expect(data.byteLength).toBe(lengths[i])
          expect(concat(inner?.parts ?? []).byteLength).toBe(lengths[i])
        }
      }),
      { numRuns: 30 }
    )
  })

  it('gives away what it wrote', () => {
    const first = encode({ text: 'first' })
    const copy = first.slice()
    encode({ text: 'other' })
    expect(first).toEqual(copy)
    expect(first.buffer.byteLength).toBe(first.byteLength)
  })

  it('takes text as short and as long as it comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), text => {
        expect(Everything.decode(encode({ text })).text).toBe(text)
      })
    )
  })

  it('refuses a number that is no integer', () => {
    expect(() => encode({ u64: 1.5 })).toThrow(RangeError)
  })
})

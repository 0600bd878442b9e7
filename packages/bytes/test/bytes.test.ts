import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytesEqual,
  Cursor,
  concat,
  encodeVarint,
  fromHex,
  fromUtf8,
  LengthPrefixDecoder,
  lengthPrefixed,
  Rope,
  readVarint,
  toHex,
  toUtf8,
  varintLength
} from '../src/index.ts'

const bytes = (max = 64) => fc.uint8Array({ maxLength: max })

/** Cuts bytes at random places, empty pieces included. */
const chunked = (data: Uint8Array, cuts: number[]): Uint8Array[] => {
  const at = cuts.map(c => c % (data.length + 1)).sort((a, b) => a - b)
  return [...at, data.length].map((end, i) => data.subarray(i === 0 ? 0 : at[i - 1], end))
}

describe('varint', () => {
  // https://github.com/multiformats/unsigned-varint
  it.each([
    [0, '00'],
    [1, '01'],
    [127, '7f'],
    [128, '8001'],
    [255, 'ff01'],
    [300, 'ac02'],
    [16384, '808001'],
    [Number.MAX_SAFE_INTEGER, 'ffffffffffffff0f']
  ])('%d is %s', (value, hex) => {
    expect(toHex(encodeVarint(value))).toBe(hex)
    expect(readVarint(fromHex(hex), 0, hex.length / 2)).toEqual({ value, next: hex.length / 2 })
  })

  it.each([
    ['8000', 'varint-not-minimal'],
    ['ff8000', 'varint-not-minimal'],
    ['ffffffffffffff1f', 'varint-too-long'],
    ['ffffffffffffffff01', 'varint-too-long']
  ])('refuses %s', (hex, code) => {
    expect(() => readVarint(fromHex(hex), 0, hex.length / 2)).toThrow(
      expect.objectContaining({ name: 'BytesError', code })
    )
  })

  it('waits for the end of one that is cut', () => {
    expect(readVarint(fromHex('8080'), 0, 2)).toBeUndefined()
    expect(readVarint(fromHex('00'), 1, 1)).toBeUndefined()
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('does not encode %d', value => {
    expect(() => varintLength(value)).toThrow(RangeError)
  })

  it('round-trips every safe integer', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), value => {
        const wire = encodeVarint(value)
        expect(wire.length).toBe(varintLength(value))
        expect(readVarint(wire, 0, wire.length)).toEqual({ value, next: wire.length })
      })
    )
  })
})

describe('Cursor', () => {
  it('reads numbers and views', () => {
    const cursor = new Cursor(fromHex('01 0203 fffefdfc ac02 aabb'))
    expect([cursor.u8(), cursor.u16(), cursor.u32(), cursor.varint()]).toEqual([1, 0x203, 0xfffefdfc, 300])
    expect(toHex(cursor.take(1))).toBe('aa')
    expect(cursor.remaining).toBe(1)
    expect(toHex(cursor.rest())).toBe('bb')
  })

  it.each<[string, (c: Cursor) => unknown]>([
    ['u8', c => c.u8()],
    ['u16', c => c.u16()],
    ['u32', c => c.u32()],
    ['varint', c => c.varint()],
    ['take', c => c.take(1)]
  ])('%s does not read past its end', (_, read) => {
    const cursor = new Cursor(fromHex('0102'), 0, 0)
    expect(() => read(cursor)).toThrow(expect.objectContaining({ code: 'truncated' }))
    expect(cursor.offset).toBe(0)
  })
})

describe('bytesEqual', () => {
  const lengths = [0, 1, 31, 63, 64, 65, 1100]
  const at = (length: number, offset: number): Uint8Array => {
    return new Uint8Array(length + offset).map((_, i) => i - offset).subarray(offset)
  }
  it.each(lengths)('says of %i bytes whether they are the same, wherever they stand', length => {
    expect(bytesEqual(at(length, 0), at(length, 3))).toBe(true)
    expect(bytesEqual(at(length, 0), at(length + 1, 3))).toBe(false)
    for (let i = 0; i < length; i++) {
      const other = at(length, 1)
      other[i]! ^= 0x80
      if (bytesEqual(at(length, 0), other)) expect.fail(`byte ${i} was not looked at`)
    }
  })
})

describe('text', () => {
  it('round-trips', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => toUtf8(fromUtf8(text)) === text))
    fc.assert(fc.property(bytes(), data => bytesEqual(fromHex(toHex(data)), data)))
  })
  it('keeps a byte order mark', () => expect(toUtf8(fromHex('efbbbf61'))).toBe('\ufeffa'))
  it('refuses what is not UTF-8', () =>
    expect(() => toUtf8(fromHex('ff'))).toThrow(expect.objectContaining({ code: 'not-utf8' })))
  it.each(['0', 'zz', '0x00'])('refuses hex %s', text =>
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'not-hex' }))
  )
})

describe('Rope', () => {
  it('is a queue of bytes, however it is filled and taken', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({ push: bytes(8) }),
            fc.record({ pushCopy: bytes(8) }),
            fc.record({ unshift: bytes(8) }),
            fc.record({ take: fc.nat(9) }),
            fc.record({ move: fc.nat(9) }),
            fc.constant({ shift: true })
          ),
          { maxLength: 200 }
        ),
        steps => {
          const rope = new Rope()
          let model: number[] = []
          for (const step of steps) {
            if ('push' in step) {
              rope.push(step.push)
              model = [...model, ...step.push]
            } else if ('pushCopy' in step) {
              rope.pushCopy(step.pushCopy)
              model = [...model, ...step.pushCopy]
              step.pushCopy.fill(0xee)
            } else if ('unshift' in step) {
              rope.unshift(step.unshift)
              model = [...step.unshift, ...model]
            } else if ('take' in step) {
              if (step.take > model.length) expect(() => rope.take(step.take)).toThrow(/ends early/)
              else expect([...rope.take(step.take)]).toEqual(model.splice(0, step.take))
            } else if ('move' in step) {
              const out: Uint8Array[] = []
              const n = rope.moveTo(out, step.move)
              expect([...concat(out)]).toEqual(model.splice(0, n))
              expect(n).toBe(concat(out).length)
            } else {
              const chunk = rope.shift()
              expect([...(chunk ?? [])]).toEqual(model.splice(0, chunk?.length ?? 0))
            }
            expect(rope.byteLength).toBe(model.length)
            expect([...rope.peek(5)]).toEqual(model.slice(0, 5))
          }
          expect([...rope.takeAll()]).toEqual(model)
        }
      )
    )
  })

  it('hands chunks on without copying', () => {
    const rope = new Rope()
    const chunk = fromHex('010203')
    rope.push(chunk)
    expect(rope.take(2).buffer).toBe(chunk.buffer)
  })

  it('gathers small chunks that are copied', () => {
    const rope = new Rope()
    for (let i = 0; i < 1000; i++) rope.pushCopy(Uint8Array.of(i & 255))
    const first = rope.shift()
    expect([...(first ?? [])]).toEqual(Array.from({ length: 1000 }, (_, i) => i & 255))
    expect(rope.byteLength).toBe(0)
  })

  it('keeps no chunk that was taken, over a long life', () => {
    const rope = new Rope()
    for (let i = 0; i < 1000; i++) {
      rope.push(Uint8Array.of(i & 255))
      rope.push(Uint8Array.of(i & 255))
      rope.shift()
    }
    expect(rope.byteLength).toBe(1000)
    rope.clear()
    expect(rope.shift()).toBeUndefined()
  })
})

describe('LengthPrefixDecoder', () => {
  it('gives back the messages, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(bytes(300), { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (messages, cuts) => {
        const decoder = new LengthPrefixDecoder({ limitBytes: 300 })
        const got = chunked(concat(messages.map(lengthPrefixed)), cuts).flatMap(chunk => [...decoder.push(chunk)])
        expect(got.map(toHex)).toEqual(messages.map(toHex))
        expect(decoder.bufferedBytes).toBe(0)
      })
    )
  })

  it('refuses a length over the limit before the body comes', () => {
    const decoder = new LengthPrefixDecoder({ limitBytes: 10 })
    expect(() => [...decoder.push(fromHex('0b'))]).toThrow(expect.objectContaining({ code: 'too-large' }))
  })
})

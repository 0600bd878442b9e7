import { concat } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameReader } from '../src/frame-reader.ts'

function framed(messages: Uint8Array[]): Uint8Array {
  return concat(messages.flatMap(m => [Uint8Array.of(m.byteLength >> 8, m.byteLength), m]))
}

describe('FrameReader', () => {
  it('finds the same messages however the bytes are cut', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(255, 256, 4000)), {
      maxLength: 12
    })
    const cuts = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(sizes, cuts, (lengths, cutSizes) => {
        const messages = lengths.map((length, i) => new Uint8Array(length).fill(i + 1))
        const wire = framed(messages)
        const got: Uint8Array[] = []
        const reader = new FrameReader(frame => got.push(frame.slice()))
        for (let at = 0, i = 0; at < wire.byteLength; i++) {
          const size = i < cutSizes.length ? (cutSizes[i] as number) : 1000
          // Lent: overwritten once `push` returns.
          const chunk = wire.slice(at, at + size)
          reader.push(chunk)
          chunk.fill(0xee)
          at += size
        }
        expect(got).toEqual(messages)
        expect(reader.isMidFrame).toBe(false)
      })
    )
  })

  it('hands on views of the chunk, and copies nothing that is whole', () => {
    const got: Uint8Array[] = []
    const chunk = framed([Uint8Array.of(1, 2), Uint8Array.of(3)])
    new FrameReader(frame => got.push(frame)).push(chunk)
    expect(got.map(frame => frame.buffer)).toEqual([chunk.buffer, chunk.buffer])
    expect(got.every(frame => frame.buffer === chunk.buffer)).toBe(true)
  })

  it('knows that it is in the middle of a message', () => {
    const reader = new FrameReader(() => {})
    for (const [byte, isMid] of [
      [0, true],
      [1, true],
      [9, false]
    ] as const) {
      reader.push(Uint8Array.of(byte))
      expect(reader.isMidFrame).toBe(isMid)
    }
  })
})

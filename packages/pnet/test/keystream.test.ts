import { concat, fromHex, toHex } from '@ts-libp2p/bytes'
import { createSha256 } from '@ts-libp2p/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Keystream, MAX_KEYSTREAM_BYTES } from '../src/index.ts'
import vectors from './vectors/xsalsa20.json' with { type: 'json' }

const { cases, stream } = vectors
const KEY = fromHex(stream.key)
const NONCE = fromHex(stream.nonce)

describe('the keystream', () => {
  it.each(cases)('is XSalsa20 ($id)', ({ key, nonce, input, output }) => {
    const bytes = fromHex(input)
    expect(toHex(new Keystream(fromHex(key), fromHex(nonce)).apply([bytes], bytes.byteLength))).toBe(output)
    expect(toHex(bytes)).toBe(input)
  })

  it('is XSalsa20 over 4 MiB, in pieces of odd lengths', () => {
    const keystream = new Keystream(KEY, NONCE)
    const hash = createSha256()
    for (let at = 0; at < stream.length; ) {
      const length = Math.min(1 + (at % 100_003), stream.length - at)
      hash.update(keystream.apply([new Uint8Array(length)], length))
      at += length
    }
    expect(toHex(hash.digest())).toBe(stream.keystreamSha256)
  })

  it('is the same however it is cut', () => {
    const pieces = fc.array(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 4 }), { maxLength: 12 })
    fc.assert(
      fc.property(pieces, calls => {
        const keystream = new Keystream(KEY, NONCE)
        const cut = calls.map(chunks => keystream.apply(chunks, concat(chunks).byteLength))
        const whole = concat(calls.flat())
        expect(concat(cut)).toEqual(concat([new Keystream(KEY, NONCE).apply([whole], whole.byteLength)]))
      })
    )
  })

  it('goes on from where it was', () => {
    const whole = new Keystream(KEY, NONCE).apply([new Uint8Array(1000)], 1000)
    for (const position of [1, 63, 64, 65, 128, 999]) {
      const rest = new Keystream(KEY, NONCE, position).apply([new Uint8Array(1000 - position)], 1000 - position)
      expect(toHex(rest)).toBe(toHex(whole.subarray(position)))
    }
  })

  it('ends before it would repeat', () => {
    const last = new Keystream(KEY, NONCE, MAX_KEYSTREAM_BYTES - 100)
    expect(last.apply([new Uint8Array(100)], 100).byteLength).toBe(100)
    expect(() => last.apply([new Uint8Array(1)], 1)).toThrow(
      expect.objectContaining({ name: 'PnetError', code: 'keystream-exhausted' })
    )
  })
})

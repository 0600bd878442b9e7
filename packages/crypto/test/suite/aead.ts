import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { concat, freeSingleUse, fromHex, toHex, toUtf8 } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAead } from '../../src/index.ts'
import { rfc } from './vectors.ts'

const key = fromHex(rfc.chacha20poly1305.key)
const failed = expect.objectContaining({ name: 'CryptoError', code: 'decrypt-failed' })

/** Around every size where an implementation may change its way. */
const SIZES = [0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 257, 1024, 4077, 4078, 4079, 4096, 16_384, 65_519, 70_000]

/** Noble, told the nonce byte by byte. That OpenSSL says the same is in `agreement.node.test.ts`. */
function reference(nonce: string, plaintext: Uint8Array, ad: Uint8Array): Uint8Array {
  return chacha20poly1305(key, fromHex(nonce), ad).encrypt(plaintext)
}

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8))

const split = (data: Uint8Array, cuts: number[]): Uint8Array[] => {
  const at = cuts.map(cut => cut % (data.length + 1)).sort((a, b) => a - b)
  return [...at, data.length].map((end, i) => data.subarray(i === 0 ? 0 : at[i - 1], end))
}

export function aeadTests(): void {
  it('is measured against a reference that opens RFC 8439 A.5', () => {
    const { nonce, ad, ciphertext, tag, plaintextBegins } = rfc.chacha20poly1305
    const sealed = concat([fromHex(ciphertext), fromHex(tag)])
    expect(toUtf8(chacha20poly1305(key, fromHex(nonce), fromHex(ad)).decrypt(sealed))).toContain(plaintextBegins)
  })

  it.each([
    [0, '000000000000000000000000'],
    [1, '000000000100000000000000'],
    [0x0102, '000000000201000000000000'],
    [2 ** 32 - 1, '00000000ffffffff00000000'],
    [2 ** 32, '000000000000000001000000'],
    [2 ** 40 + 5, '000000000500000000010000'],
    [Number.MAX_SAFE_INTEGER, '00000000ffffffffffff1f00']
  ])('writes the counter %d as Noise does', (counter, nonce) => {
    const aead = createAead(key)
    for (const size of [20, 2000]) {
      const expected = toHex(reference(nonce, pattern(size), new Uint8Array(0)))
      expect(toHex(aead.seal(counter, pattern(size)))).toBe(expected)
    }
  })

  it.each(SIZES)('seals and opens %d bytes', size => {
    const aead = createAead(key)
    const plaintext = pattern(size)
    for (const adLength of [0, 12, 32, 33]) {
      const ad = pattern(adLength)
      const sealed = aead.seal(3, plaintext, ad)
      expect(toHex(sealed)).toBe(toHex(reference('000000000300000000000000', plaintext, ad)))
      expect(toHex(aead.open(3, sealed, ad))).toBe(toHex(plaintext))
    }
  })

  it('seals chunks behind a prefix as it seals them joined', () => {
    const aead = createAead(key)
    const sizes = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.constantFrom(...SIZES))
    const prefixes = fc.option(fc.uint8Array({ maxLength: 5 }), { nil: undefined })
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(), { maxLength: 6 }), prefixes, fc.nat(40), (size, cuts, prefix, adLength) => {
        const plaintext = pattern(size)
        const ad = adLength === 0 ? undefined : pattern(adLength)
        const out = [Uint8Array.of(99)]
        aead.sealChunks(8, split(plaintext, cuts), size, ad, out, prefix)
        const expected = concat([Uint8Array.of(99), prefix ?? new Uint8Array(0), aead.seal(8, plaintext, ad)])
        expect(toHex(concat(out))).toBe(toHex(expected))
      })
    )
  })

  it('hands out arrays that later calls leave alone', () => {
    const aead = createAead(key)
    for (const size of [10, 300, 5000]) {
      const prefix = Uint8Array.of(1, 2)
      const out: Uint8Array[] = []
      aead.sealChunks(1, [pattern(size).subarray(0, 5), pattern(size).subarray(5)], size, undefined, out, prefix)
      const opened = aead.open(1, concat(out).subarray(2))
      const before = [toHex(concat(out)), toHex(opened)]
      prefix.fill(9)
      aead.open(2, aead.seal(2, new Uint8Array(size)))
      expect([toHex(concat(out)), toHex(opened)]).toEqual(before)
    }
  })

  it('keeps what it seals in one array for whoever asked, and lets a transport free the rest', () => {
    const aead = createAead(key)
    for (const size of [10, 300, 5000, 70_000]) {
      const sealed = aead.seal(1, pattern(size))
      const before = toHex(sealed)
      const out: Uint8Array[] = []
      aead.sealChunks(1, [pattern(size)], size, undefined, out)
      const plaintext = aead.open(1, concat(out))
      freeSingleUse([sealed, plaintext, ...out])
      expect([toHex(sealed), toHex(plaintext)]).toEqual([before, toHex(pattern(size))])
    }
  })

  it.each([40, 400])('refuses %d bytes in which one bit, the counter, the key or the length differs', size => {
    const aead = createAead(key)
    const ad = pattern(8)
    const sealed = aead.seal(5, pattern(size), ad)
    for (let at = 0; at < sealed.length; at++) {
      expect(() => aead.open(5, sealed.with(at, (sealed[at] as number) ^ 1), ad)).toThrow(failed)
    }
    expect(() => aead.open(6, sealed, ad)).toThrow(failed)
    expect(() => aead.open(5, sealed)).toThrow(failed)
    expect(() => aead.open(5, sealed, ad.with(0, 9))).toThrow(failed)
    expect(() => aead.open(5, sealed.subarray(1), ad)).toThrow(failed)
    expect(() => aead.open(5, sealed.subarray(0, -1), ad)).toThrow(failed)
    expect(() => createAead(key.with(0, 0)).open(5, sealed, ad)).toThrow(failed)
    expect(toHex(aead.open(5, sealed, ad))).toBe(toHex(pattern(size)))
  })

  it('keeps keys apart when calls take turns', () => {
    const [one, two] = [createAead(new Uint8Array(32).fill(1)), createAead(new Uint8Array(32).fill(2))]
    for (const size of [10, 500]) {
      const [a, b] = [one.seal(0, pattern(size)), two.seal(0, pattern(size))]
      expect(toHex(a)).not.toBe(toHex(b))
      expect(one.open(0, a)).toEqual(two.open(0, b))
      expect(() => one.open(0, b)).toThrow(failed)
    }
  })

  it('keeps its own copy of the key', () => {
    const shared = key.slice()
    const aead = createAead(shared)
    const before = toHex(aead.seal(0, pattern(30)))
    shared.fill(0)
    expect(toHex(aead.seal(0, pattern(30)))).toBe(before)
  })

  it.each([0, 15])('refuses %d bytes, which cannot hold a tag', length => {
    expect(() => createAead(key).open(0, new Uint8Array(length))).toThrow(failed)
  })

  it.each([0, 31, 33])('refuses a key of %d bytes', length => {
    expect(() => createAead(new Uint8Array(length))).toThrow(expect.objectContaining({ code: 'invalid-parameters' }))
  })

  it.each([
    [-1, 'invalid-parameters'],
    [0.5, 'invalid-parameters'],
    [Number.NaN, 'invalid-parameters'],
    [2 ** 53, 'nonce-exhausted']
  ])('refuses the counter %d', (counter, code) => {
    const aead = createAead(key)
    for (const size of [16, 1600]) {
      const wanted = expect.objectContaining({ name: 'CryptoError', code })
      expect(() => aead.seal(counter, pattern(size))).toThrow(wanted)
      expect(() => aead.open(counter, pattern(size + 16))).toThrow(wanted)
    }
  })

  it.each([
    [10, 9],
    [10, 11],
    [3000, 2999],
    [3000, 3001]
  ])('refuses chunks of %d bytes announced as %d, and appends nothing', (held, announced) => {
    const out: Uint8Array[] = []
    for (const chunks of [[pattern(held)], [pattern(held).subarray(0, 4), pattern(held).subarray(4)]]) {
      expect(() => createAead(key).sealChunks(0, chunks, announced, undefined, out)).toThrow(
        expect.objectContaining({ code: 'invalid-parameters' })
      )
    }
    expect(out).toEqual([])
  })
}

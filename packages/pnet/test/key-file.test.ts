import { fromHex, fromUtf8, toHex } from '@ts-libp2p/bytes'
import { SeededRandom } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { fingerprint, formatKey, generateKey, parseKey, pnet } from '../src/index.ts'
import vectors from './vectors/fingerprint.json' with { type: 'json' }

const HEX = 'd5a1b2c3000102030405060708090a0b0c0d0e0f101112131415161718fefdfc'
const BASE64 = btoa(String.fromCharCode(...fromHex(HEX)))
const HEAD = '/key/swarm/psk/1.0.0/'

describe('a key file', () => {
  it.each([
    ['as generated', formatKey(fromHex(HEX))],
    ['without the last newline', `${HEAD}\n/base16/\n${HEX}`],
    ['with the newlines of Windows', `${HEAD}\r\n/base16/\r\n${HEX}\r\n`],
    ['in capitals', `${HEAD}\n/base16/\n${HEX.toUpperCase()}\n`],
    ['in base64', `${HEAD}\n/base64/\n${BASE64}\n`],
    ['as bytes', fromUtf8(`${HEAD}\n/base16/\n${HEX}\n`)],
    ['in binary', Uint8Array.of(...fromUtf8(`${HEAD}\n/bin/\n`), ...fromHex(HEX))]
  ])('is read %s', (_, file) => {
    expect(toHex(parseKey(file))).toBe(HEX)
  })

  it('is written as go-libp2p reads it', () => {
    expect(formatKey(fromHex(HEX))).toBe(`/key/swarm/psk/1.0.0/\n/base16/\n${HEX}\n`)
  })

  it.each([
    ['nothing', '', 'malformed-key-file'],
    ['another codec', `/key/swarm/psk/2.0.0/\n/base16/\n${HEX}`, 'malformed-key-file'],
    ['no encoding', `${HEAD}\n${HEX}`, 'malformed-key-file'],
    ['an unknown encoding', `${HEAD}\n/base32/\n${HEX}`, 'malformed-key-file'],
    ['an encoding that objects inherit', `${HEAD}\ntoString\n${HEX}`, 'malformed-key-file'],
    ['no key', `${HEAD}\n/base16/\n`, 'invalid-key'],
    ['a short key', `${HEAD}\n/base16/\n${HEX.slice(2)}`, 'invalid-key'],
    ['a long key', `${HEAD}\n/base16/\n${HEX}00`, 'invalid-key'],
    ['letters that are no hex', `${HEAD}\n/base16/\n${HEX.replace('d5', 'zz')}`, 'malformed-key-file'],
    ['letters that are no base64', `${HEAD}\n/base64/\n!${BASE64}`, 'malformed-key-file'],
    [
      'binary with a newline too many',
      Uint8Array.of(...fromUtf8(`${HEAD}\n/bin/\n`), ...fromHex(HEX), 10),
      'invalid-key'
    ],
    ['a file that is far too long', `${HEAD}\n/base16/\n${' '.repeat(2000)}`, 'malformed-key-file']
  ])('with %s is refused', (_, file, code) => {
    expect(() => parseKey(file)).toThrow(expect.objectContaining({ name: 'PnetError', code }))
  })
})

describe('a key', () => {
  it('is generated with 32 random bytes', () => {
    expect(generateKey().byteLength).toBe(32)
    expect(toHex(generateKey())).not.toBe(toHex(generateKey()))
    expect(toHex(generateKey(new SeededRandom('key')))).toBe(toHex(generateKey(new SeededRandom('key'))))
  })

  it.each([0, 31, 33])('of %i bytes is refused', length => {
    const refused = expect.objectContaining({ name: 'PnetError', code: 'invalid-key' })
    expect(() => formatKey(new Uint8Array(length))).toThrow(refused)
    expect(() => fingerprint(new Uint8Array(length))).toThrow(refused)
  })

  it.each(vectors.cases)('has a fingerprint: $fingerprint', ({ psk, fingerprint: expected }) => {
    expect(fingerprint(fromHex(psk))).toBe(expected)
  })

  it('that is none is refused when the node is composed, not when it dials', () => {
    expect(() => pnet({ psk: 'my password' })).toThrow(expect.objectContaining({ code: 'malformed-key-file' }))
    expect(() => pnet({ psk: fromUtf8('/key/') })).toThrow(expect.objectContaining({ code: 'malformed-key-file' }))
    expect(() => pnet({ psk: new Uint8Array(31) })).toThrow(expect.objectContaining({ code: 'invalid-key' }))
  })
})

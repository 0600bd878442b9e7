import { fromHex, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeDiscoverAnswer,
  decodeRegisterAnswer,
  decodeRequest,
  encodeDiscoverAnswer,
  encodeRegisterAnswer,
  encodeRequest,
  type Request,
  STATUS
} from '../src/messages.ts'

const error = (code: string) => expect.objectContaining({ name: 'RendezvousError', code })
const EMPTY = new Uint8Array(0)

describe('messages, as the spec has them', () => {
  it.each<[string, Request, string]>([
    [
      'REGISTER',
      { type: 'register', ns: 'a', record: fromHex('0102'), ttlSeconds: 7200 },
      '0800 120a 0a0161 12020102 18a038'
    ],
    ['REGISTER without a time', { type: 'register', ns: 'a', record: fromHex('0102') }, '0800 1207 0a0161 12020102'],
    ['UNREGISTER', { type: 'unregister', ns: 'a' }, '0802 2203 0a0161'],
    ['DISCOVER', { type: 'discover', ns: 'a', limit: 5, cookie: fromHex('ff') }, '0803 2a08 0a0161 1005 1a01ff'],
    ['DISCOVER anything', { type: 'discover', ns: '', limit: 0, cookie: EMPTY }, '0803 2a02 1000']
  ])('%s', (_, request, hex) => {
    expect(toHex(encodeRequest(request))).toBe(hex.replaceAll(' ', ''))
    expect(decodeRequest(fromHex(hex))).toEqual(request)
  })

  it('REGISTER_RESPONSE, with the zero written out', () => {
    const hex = '0801 1a07 0800 1200 18a038'
    expect(toHex(encodeRegisterAnswer({ status: 0, text: '', ttlSeconds: 7200 }))).toBe(hex.replaceAll(' ', ''))
    expect(decodeRegisterAnswer(fromHex(hex))).toEqual({ status: 0, text: '', ttlSeconds: 7200 })
  })

  it('DISCOVER_RESPONSE', () => {
    const answer = {
      ...{ status: 0, text: '', cookie: fromHex('ff') },
      registrations: [{ ns: 'a', record: fromHex('01'), ttlSeconds: 1 }]
    }
    const hex = '0804 3211 0a08 0a0161 120101 1801 1201ff 1800 2200'
    expect(toHex(encodeDiscoverAnswer(answer))).toBe(hex.replaceAll(' ', ''))
    expect(decodeDiscoverAnswer(fromHex(hex))).toEqual(answer)
  })

  it.each([
    ['E_INVALID_NAMESPACE', 100, 'invalid-namespace'],
    ['E_INVALID_SIGNED_PEER_RECORD', 101, 'invalid-record'],
    ['E_INVALID_TTL', 102, 'invalid-ttl'],
    ['E_INVALID_COOKIE', 103, 'invalid-cookie'],
    ['E_NOT_AUTHORIZED', 200, 'not-authorized'],
    ['E_INTERNAL_ERROR', 300, 'internal-error'],
    ['E_UNAVAILABLE', 400, 'unavailable'],
    [undefined, 999, 'refused']
  ] as const)('%s is %d, and throws', (name, status, code) => {
    if (name !== undefined) expect(STATUS[name]).toBe(status)
    const text = 'the reason'
    expect(() => decodeRegisterAnswer(encodeRegisterAnswer({ status, text, ttlSeconds: 0 }))).toThrow(error(code))
    const refused = encodeDiscoverAnswer({ status, text, registrations: [], cookie: EMPTY })
    expect(() => decodeDiscoverAnswer(refused)).toThrow(/: the reason$/)
  })
})

describe('what is not a message', () => {
  it.each([
    ['nothing', ''],
    ['broken protobuf', '0aff'],
    ['a type without its message', '0800'],
    ['an answer', '08011a020800'],
    ['a type of the future', '08631a020800']
  ])('%s is no request', (_, hex) => {
    expect(() => decodeRequest(fromHex(hex))).toThrow(error('malformed'))
  })

  it('a request is no answer', () => {
    const request = encodeRequest({ type: 'unregister', ns: 'a' })
    expect(() => decodeRegisterAnswer(request)).toThrow(error('malformed'))
    expect(() => decodeDiscoverAnswer(request)).toThrow(error('malformed'))
  })

  it('whatever the bytes are, they are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        for (const decode of [decodeRequest, decodeRegisterAnswer, decodeDiscoverAnswer]) {
          try {
            decode(bytes)
          } catch (err) {
            expect(err).toMatchObject({ name: 'RendezvousError' })
          }
        }
      })
    )
  })

  it('a time to live of 64 bits is not a small one', () => {
    const request = decodeRequest(fromHex('0800 120e 0a0161 18ffffffffffffffffff01'))
    expect(request).toMatchObject({ type: 'register', ttlSeconds: 2 ** 64, record: EMPTY })
  })

  it('what a point says of its refusal is cut', () => {
    const text = 'x'.repeat(10_000)
    const refused = encodeRegisterAnswer({ status: 100, text, ttlSeconds: 0 })
    expect(() => decodeRegisterAnswer(refused)).toThrow(/: x{200}$/)
  })
})

import { concat, fromHex, fromUtf8, LengthPrefixDecoder, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_MESSAGES, MAX_OBSERVED_ADDR_BYTES, MAX_SENT_MESSAGE_BYTES } from '../src/index.ts'
import { type IdentifyMessage, mergeMessages, splitMessage, wireForm } from '../src/message.ts'
import { encode } from './nodes.ts'

/** The messages of a wire form, without their lengths. */
function messagesOf(wire: Uint8Array[]): Uint8Array[] {
  return [...new LengthPrefixDecoder().push(concat(wire))].map(message => message.slice())
}

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)

describe('an answer on the wire', () => {
  // Field numbers: libp2p/specs identify/README.md, and 8 as every implementation has it.
  const message = {
    publicKey: fromHex('0801'),
    listenAddrs: [fromHex('0401020304'), fromHex('0601')],
    protocols: ['/a', '/b'],
    protocolVersion: 'p',
    agentVersion: 'v',
    signedPeerRecord: fromHex('ff')
  }
  const hex = [
    ['0a 02 0801', 'publicKey'],
    ['2a 01 70', 'protocolVersion'],
    ['32 01 76', 'agentVersion'],
    ['12 05 0401020304', 'listenAddrs'],
    ['12 02 0601', 'listenAddrs'],
    ['1a 02 2f61', 'protocols'],
    ['1a 02 2f62', 'protocols'],
    ['42 01 ff', 'signedPeerRecord']
  ].map(([field]) => field?.replaceAll(' ', ''))

  it('has these bytes', () => {
    const [whole, ...others] = messagesOf(wireForm(splitMessage(message)))
    expect(toHex(whole as Uint8Array)).toBe(hex.join(''))
    expect(others).toEqual([])
  })

  it('ends with the address that is seen', () => {
    const [whole] = messagesOf(wireForm(splitMessage(message), fromHex('0405060708')))
    expect(toHex(whole as Uint8Array)).toBe(`${hex.join('')}22050405060708`)
  })

  it('leaves out a seen address that nobody could have', () => {
    const split = splitMessage(message)
    expect(wireForm(split, bytes(MAX_OBSERVED_ADDR_BYTES + 1, 4))).toEqual(wireForm(split))
  })

  it('is read back', () => {
    const observedAddr = fromHex('0405060708')
    expect(mergeMessages(messagesOf(wireForm(splitMessage(message), observedAddr)))).toEqual({
      ...message,
      observedAddr
    })
  })

  it('tells what was not said from what is empty', () => {
    expect(mergeMessages([new Uint8Array(0)])).toEqual({})
    expect(mergeMessages([encode({ agentVersion: '' })])).toEqual({ agentVersion: '' })
  })

  it('may hold fields that nobody knows yet', () => {
    const unknown = fromHex('48 07 52 03 616263 5d 01020304')
    expect(mergeMessages([concat([unknown, encode({ agentVersion: 'x' }), unknown])])).toEqual({ agentVersion: 'x' })
  })
})

describe('merging', () => {
  it('joins lists and lets the last single value win', () => {
    const merged = mergeMessages([
      encode({ agentVersion: 'old', listenAddrs: [bytes(1, 1)], protocols: ['/a'] }),
      encode({ agentVersion: 'new', listenAddrs: [bytes(1, 2)] }),
      encode({ protocols: ['/b'] })
    ])
    expect(merged).toEqual({ agentVersion: 'new', listenAddrs: [bytes(1, 1), bytes(1, 2)], protocols: ['/a', '/b'] })
  })

  it.each<[string, Uint8Array]>([
    ['a cut field', fromHex('0a 05 01')],
    ['an endless varint', bytes(12, 0xff)],
    ['field 0', fromHex('02 00')],
    ['text that is not UTF-8', fromHex('1a 02 c328')],
    ['a group without end', fromHex('4b 08 01')],
    ['random text', fromUtf8('GET / HTTP/1.1\r\n')]
  ])('refuses %s', (_, garbage) => {
    expect(() => mergeMessages([garbage])).toThrow(
      expect.objectContaining({ name: 'IdentifyError', code: 'malformed', cause: expect.anything() })
    )
  })

  it('never throws anything else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), messages => {
        try {
          mergeMessages(messages)
        } catch (err) {
          expect(err).toMatchObject({ name: 'IdentifyError', code: 'malformed' })
        }
      }),
      { numRuns: 2000 }
    )
  })
})

describe('splitting', () => {
  const arbitraryMessage = fc.record({
    publicKey: fc.uint8Array({ minLength: 36, maxLength: 600 }),
    agentVersion: fc.string({ maxLength: 256 }),
    protocolVersion: fc.string({ maxLength: 256 }),
    listenAddrs: fc.array(fc.uint8Array({ minLength: 4, maxLength: 300 }), { maxLength: 60 }),
    protocols: fc.array(fc.string({ minLength: 1, maxLength: 200 }), { maxLength: 80 }),
    signedPeerRecord: fc.option(fc.uint8Array({ minLength: 100, maxLength: MAX_SENT_MESSAGE_BYTES - 3 }), {
      nil: undefined
    })
  })
  const present = (message: IdentifyMessage): IdentifyMessage =>
    Object.fromEntries(
      Object.entries(message).filter(([, v]) => v !== undefined && (!Array.isArray(v) || v.length > 0))
    )

  it('keeps every message small, loses nothing that fits, and merging undoes it', () => {
    fc.assert(
      fc.property(
        arbitraryMessage,
        fc.uint8Array({ minLength: 1, maxLength: MAX_OBSERVED_ADDR_BYTES }),
        (message, observedAddr) => {
          const split = splitMessage(message)
          const messages = messagesOf(wireForm(split, observedAddr))
          expect(messages.length).toBeLessThanOrEqual(MAX_MESSAGES)
          for (const part of messages) expect(part.byteLength).toBeLessThanOrEqual(MAX_SENT_MESSAGE_BYTES)
          expect(split.dropped).toBe(0)
          expect(mergeMessages(messages)).toEqual(present({ ...message, observedAddr }))
        }
      )
    )
  })

  it('gives a large record a message of its own, at the end', () => {
    const signedPeerRecord = bytes(3000, 7)
    const listenAddrs = Array.from({ length: 10 }, (_, i) => bytes(100, i))
    const messages = messagesOf(wireForm(splitMessage({ agentVersion: 'x', listenAddrs, signedPeerRecord })))
    expect(messages.map(part => mergeMessages([part]))).toEqual([
      { agentVersion: 'x', listenAddrs },
      { signedPeerRecord }
    ])
  })

  it('spreads long lists, and says how much did not fit into ten messages', () => {
    const listenAddrs = Array.from({ length: 500 }, () => bytes(200, 4))
    const split = splitMessage({ listenAddrs, signedPeerRecord: bytes(1000, 7) })
    const messages = messagesOf(wireForm(split))
    const merged = mergeMessages(messages)
    expect(messages).toHaveLength(MAX_MESSAGES)
    expect(merged.signedPeerRecord).toHaveLength(1000)
    expect(split.dropped).toBeGreaterThan(0)
    expect((merged.listenAddrs?.length ?? 0) + split.dropped).toBe(500)
  })
})

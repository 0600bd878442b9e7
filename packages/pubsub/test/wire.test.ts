import { concat, fromHex, fromUtf8, toHex } from '@ts-libp2p/bytes'
import { ed25519FromSeed } from '@ts-libp2p/crypto'
import { peerIdFromPrivateKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breaks } from '../src/policy.ts'
import {
  encodeMessage,
  frameMessage,
  type MessageFields,
  MessageScanner,
  parseMessage,
  signingInput,
  TopicNames,
  withSignature
} from '../src/wire-message.ts'

const bytes = fc.uint8Array({ maxLength: 300 })
const optional = fc.option(bytes, { nil: undefined })
const fields: fc.Arbitrary<MessageFields> = fc.record({
  from: optional,
  data: optional,
  seqno: optional,
  topic: fc.string({ unit: 'grapheme', maxLength: 40 }),
  signature: optional,
  key: optional
})

function scanned(given: MessageFields): MessageScanner {
  const scanner = new MessageScanner()
  scanner.scan(encodeMessage(given).bytes)
  return scanner
}

const parse = (hex: string | Uint8Array) => parseMessage(typeof hex === 'string' ? fromHex(hex) : hex, new TopicNames())

describe('a message on the wire', () => {
  it.each<[string, MessageFields, string]>([
    ['nothing but a topic', { topic: 'a' }, '220161'],
    ['data', { topic: 'a', data: fromHex('0102') }, '12020102 220161'],
    ['empty data, which is not absent', { topic: 'a', data: new Uint8Array(0) }, '1200 220161'],
    [
      'everything, in ascending order',
      {
        ...{ from: fromHex('aa'), data: fromHex('bb'), seqno: fromHex('cc'), topic: 'x' },
        ...{ signature: fromHex('dd'), key: fromHex('ee') }
      },
      '0a01aa 1201bb 1a01cc 220178 2a01dd 3201ee'
    ]
  ])('%s', (_, given, hex) => {
    expect(toHex(encodeMessage(given).bytes)).toBe(hex.replaceAll(' ', ''))
    expect(parse(hex)).toMatchObject(given)
  })

  it('is read as views, and comes out as it went in', () => {
    fc.assert(
      fc.property(fields, given => {
        const { bytes: wire } = encodeMessage(given)
        const read = parse(wire)
        expect(read).toMatchObject(given)
        expect(read.bytes).toBe(wire)
        if (given.data !== undefined && given.data.byteLength > 0) expect(read.data!.buffer).toBe(wire.buffer)
      })
    )
  })

  it.each([
    ['out of order', '220161 1201bb', '1201bb 220161'],
    ['twice: the last counts', '1201aa 1201bb 220161', '1201bb 220161'],
    ['unknown fields, of which a signature says nothing', '1201bb 220161 3a01ff', '1201bb 220161'],
    ['an unknown number among them', '4001 1201bb 220161', '1201bb 220161']
  ])('is made canonical, as all others would before they pass it on: %s', (_, hex, canonical) => {
    expect(toHex(parse(hex).bytes)).toBe(canonical.replaceAll(' ', ''))
  })

  it.each([
    ['a length past the end', '1205bb'],
    ['a number where bytes belong', '1001 220161'],
    ['a topic that is not UTF-8', '2201ff'],
    ['a field with the number 0', '0201aa'],
    ['an unknown wire type', '17'],
    ['a tag without an end', '9280'],
    ['a length that is longer than it need be', '12810001 220161'],
    ['a number without an end', `40${'ff'.repeat(11)} 220161`]
  ])('is refused: %s', (_, hex) => {
    expect(() => parse(hex)).toThrow(expect.objectContaining({ name: 'PubsubError', code: 'malformed' }))
  })

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), garbage => {
        try {
          parse(garbage)
        } catch (err) {
          expect(err).toMatchObject({ name: 'PubsubError' })
        }
      })
    )
  })

  it('is signed over everything before the signature, with a prefix', () => {
    const unsigned = encodeMessage({ topic: 'a', data: fromHex('bb'), from: fromHex('aa'), seqno: fromHex('cc') })
    expect(signingInput(unsigned)).toEqual(concat([fromUtf8('libp2p-pubsub:'), unsigned.bytes]))
    const signed = withSignature(unsigned, { signature: fromHex('dd'), key: fromHex('ee') })
    expect(signingInput(signed)).toEqual(signingInput(unsigned))
    expect(signingInput(parse(signed.bytes))).toEqual(signingInput(unsigned))
  })

  it('has its signature checked, wherever it is read from', async () => {
    const key = ed25519FromSeed(new Uint8Array(32).fill(7))
    const from = peerIdToBytes(peerIdFromPrivateKey(key))
    const unsigned = encodeMessage({ from, data: fromUtf8('hi'), seqno: new Uint8Array(8), topic: 'news' })
    const signed = withSignature(unsigned, { signature: await key.sign(signingInput(unsigned)) })
    const read = parse(concat([fromHex('ffff'), signed.bytes]).subarray(2))
    expect(await key.publicKey.verify(signingInput(read), read.signature!)).toBe(true)
  })
})

describe('the frame of a message', () => {
  it('is an RPC with its length before it', () => {
    const { frame } = frameMessage(encodeMessage({ topic: 'a', data: fromHex('bb') }))
    expect(toHex(frame)).toBe('08' + '1206' + '1201bb' + '220161')
  })

  it('is a copy, and the message moves into it', () => {
    fc.assert(
      fc.property(fields, given => {
        const chunk = concat([new Uint8Array(100), encodeMessage(given).bytes, new Uint8Array(100)])
        const { frame, wire } = frameMessage(parse(chunk.subarray(100, chunk.byteLength - 100)))
        chunk.fill(0xff)
        expect(wire).toMatchObject(given)
        for (const view of [wire.bytes, wire.data]) if (view !== undefined) expect(view.buffer).toBe(frame.buffer)
      })
    )
  })
})

describe('signature policies', () => {
  const [from, seqno, signature, key] = [fromHex('aa'), new Uint8Array(8), fromHex('dd'), fromHex('ee')]
  const empty = new Uint8Array(0)

  it.each<[string, Omit<MessageFields, 'topic'>, string | undefined]>([
    ['all that is needed', { from, seqno, signature }, undefined],
    ['with a key', { from, seqno, signature, key }, undefined],
    ['no signature', { from, seqno }, 'missing signature'],
    ['no author', { seqno, signature }, 'invalid signature'],
    ['no sequence number', { from, signature }, 'invalid signature'],
    ['a sequence number of 7 bytes', { from, seqno: new Uint8Array(7), signature }, 'invalid signature']
  ])('StrictSign: %s', (_, given, reason) => {
    expect(breaks('StrictSign', scanned({ topic: 'a', ...given }))).toBe(reason)
  })

  it.each<[string, Omit<MessageFields, 'topic'>, string | undefined]>([
    ['nothing', {}, undefined],
    ['a signature', { signature }, 'unexpected signature'],
    ['an empty signature', { signature: empty }, 'unexpected signature'],
    ['an author', { from }, 'unexpected auth info'],
    ['an empty author', { from: empty }, 'unexpected auth info'],
    ['an empty sequence number', { seqno: empty }, 'unexpected auth info'],
    ['an empty key', { key: empty }, 'unexpected auth info']
  ])('StrictNoSign: %s', (_, given, reason) => {
    expect(breaks('StrictNoSign', scanned({ topic: 'a', ...given }))).toBe(reason)
  })
})

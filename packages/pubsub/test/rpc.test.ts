import { concat, fromHex, fromUtf8, LengthPrefixDecoder } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idFromBytes, idToBytes } from '../src/ids.ts'
import { DECODE_RPC_LIMITS, type DecodeRpcLimits } from '../src/limits.ts'
import type { RpcParts } from '../src/router.ts'
import { decodeRpc, type Rpc } from '../src/rpc.ts'
import { encodeRpcs } from '../src/rpc-encode.ts'

const NO_CONTROL = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], extensions: undefined }

function decodeAll(frames: readonly Uint8Array[]): Rpc[] {
  return frames
    .flatMap(frame => [...new LengthPrefixDecoder().push(frame)])
    .map(rpc => decodeRpc(rpc, DECODE_RPC_LIMITS))
}

describe('an RPC', () => {
  it.each<[string, string, Partial<Rpc>]>([
    ['empty', '', { subscriptions: [], messages: [], control: undefined, partial: undefined }],
    [
      'subscriptions',
      '0a05 0801 120161 0a05 0800 120162',
      {
        subscriptions: [
          { topic: 'a', subscribe: true, requestsPartial: false, supportsSendingPartial: false },
          { topic: 'b', subscribe: false, requestsPartial: false, supportsSendingPartial: false }
        ]
      }
    ],
    ['messages, not read yet', '1203 220161', { messages: [fromHex('220161')] }],
    ['IHAVE', '1a09 0a07 0a0161 1202 ff00', { control: { ...NO_CONTROL, ihave: [{ topic: 'a', ids: ['\xff\x00'] }] } }],
    ['IWANT', '1a06 1204 0a02 ff00', { control: { ...NO_CONTROL, iwant: ['\xff\x00'] } }],
    ['GRAFT', '1a05 1a03 0a0161', { control: { ...NO_CONTROL, graft: ['a'] } }],
    [
      'PRUNE as in 1.0',
      '1a05 2203 0a0161',
      { control: { ...NO_CONTROL, prune: [{ topic: 'a', backoffSeconds: undefined, peers: [] }] } }
    ],
    [
      'PRUNE with a backoff in seconds and a peer',
      '1a0d 220b 0a0161 1204 0a02 0024 183c',
      {
        control: {
          ...NO_CONTROL,
          prune: [{ topic: 'a', backoffSeconds: 60, peers: [{ peerId: fromHex('0024'), signedPeerRecord: undefined }] }]
        }
      }
    ],
    ['IDONTWANT', '1a05 2a03 0a01 aa', { control: { ...NO_CONTROL, idontwant: ['\xaa'] } }],
    ['extensions', '1a04 3202 5001', { control: { ...NO_CONTROL, extensions: { partialMessages: true } } }],
    [
      'a partial message',
      '520c 0a0161 120101 1a0102 220103',
      { partial: { topic: 'a', groupId: fromHex('01'), message: fromHex('02'), metadata: fromHex('03') } }
    ],
    ['what is unknown is passed over', '1a05 3a03 0a0161 f801 01', { control: NO_CONTROL }]
  ])('with %s', (_, hex, expected) => {
    expect(decodeRpc(fromHex(hex), DECODE_RPC_LIMITS)).toMatchObject(expected)
  })

  it('of a peer that nobody listens to is read for its subscriptions only', () => {
    const rpc = decodeRpc(fromHex('0a05 0801 120161 1203 220161 1a05 1a03 0a0161'), DECODE_RPC_LIMITS, false)
    expect(rpc.subscriptions).toHaveLength(1)
    expect([rpc.messages, rpc.control]).toEqual([[], undefined])
  })

  const low: DecodeRpcLimits = {
    ...{ maxSubscriptions: 1, maxMessages: 1, maxIhaveMessageIDs: 2, maxIwantMessageIDs: 2 },
    ...{ maxIdontwantMessageIDs: 2, maxControlMessages: 3, maxPeerInfos: 1 }
  }

  it.each([
    ['subscriptions', '0a00 0a00'],
    ['messages', '1200 1200'],
    ['IHAVE ids in one', '1a08 0a06 1200 1200 1200'],
    ['IHAVE ids in two', '1a0a 0a04 1200 1200 0a02 1200'],
    ['IWANT ids', '1a08 1206 0a00 0a00 0a00'],
    ['IDONTWANT ids', '1a08 2a06 0a00 0a00 0a00'],
    ['control entries', '1a08 1a00 1a00 1a00 1a00'],
    ['peers in one PRUNE', '1a06 2204 1200 1200']
  ])('with too many %s is refused before they are decoded', (_, hex) => {
    expect(() => decodeRpc(fromHex(hex), low)).toThrow(expect.objectContaining({ code: 'too-many' }))
  })

  it.each([
    ['a length past the end', '1a05 1a03'],
    ['control that is a number', '1801'],
    ['a subscription cut short', '0a02 1205'],
    ['a PRUNE that is a number', '1a02 2001']
  ])('is refused: %s', (_, hex) => {
    expect(() => decodeRpc(fromHex(hex), DECODE_RPC_LIMITS)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), garbage => {
        try {
          decodeRpc(garbage, DECODE_RPC_LIMITS)
        } catch (err) {
          expect(err).toMatchObject({ name: 'PubsubError' })
        }
      })
    )
  })
})

describe('encoding', () => {
  const ids = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }).map(idFromBytes), { maxLength: 2000 })
  const topic = fc.string({ maxLength: 20 })
  const parts: fc.Arbitrary<RpcParts> = fc.record({
    subscriptions: fc.array(fc.record({ topic, subscribe: fc.boolean() }), { maxLength: 20 }),
    control: fc.record({
      graft: fc.array(topic, { maxLength: 20 }),
      prune: fc.array(
        fc.record({
          topic,
          backoffSeconds: fc.nat(100_000),
          peers: fc.array(fc.record({ peerId: fc.uint8Array(), signedPeerRecord: fc.uint8Array({ minLength: 1 }) }), {
            maxLength: 16
          })
        }),
        { maxLength: 5 }
      ),
      ihave: fc.array(fc.record({ topic, ids }), { maxLength: 3 }),
      iwant: ids,
      idontwant: ids
    })
  })

  it('comes back as it went in, in as many RPCs as are needed', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom(16_384, 65_536, 1_048_576), (given, maxBytes) => {
        const { frames, oversized } = encodeRpcs(given, maxBytes)
        expect(oversized).toBe(0)
        expect(Math.max(0, ...frames.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBytes)
        const rpcs = decodeAll(frames)
        const control = rpcs.map(rpc => rpc.control ?? NO_CONTROL)
        expect(rpcs.flatMap(rpc => rpc.subscriptions)).toMatchObject(given.subscriptions as object[])
        expect(control.flatMap(({ graft }) => graft)).toEqual(given.control?.graft)
        expect(control.flatMap(({ prune }) => prune)).toEqual(given.control?.prune)
        expect(control.flatMap(({ iwant }) => iwant)).toEqual(given.control?.iwant)
        expect(control.flatMap(({ idontwant }) => idontwant)).toEqual(given.control?.idontwant)
        const told = (list: Iterable<{ topic: string; ids: readonly string[] }>) =>
          [...list].flatMap(entry => entry.ids.map(id => [entry.topic, id]))
        expect(told(control.flatMap(({ ihave }) => ihave))).toEqual(told(given.control?.ihave ?? []))
      }),
      { numRuns: 50 }
    )
  })

  it('leaves out what does not fit even alone', () => {
    const subscriptions = [
      { topic: 'a'.repeat(200), subscribe: true },
      { topic: 'b', subscribe: true }
    ]
    const { frames, oversized } = encodeRpcs({ subscriptions }, 100)
    expect(oversized).toBe(1)
    expect(decodeAll(frames).flatMap(rpc => rpc.subscriptions.map(s => s.topic))).toEqual(['b'])
  })

  it('says nothing of partial messages unless there is something to say', () => {
    const plain = encodeRpcs({ subscriptions: [{ topic: 'a', subscribe: true }] }, 100).frames
    expect(concat([...plain])).toEqual(fromHex('07 0a05 0801 120161'))
  })
})

describe('message ids', () => {
  it('are text with one character per byte, of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10_000 }), bytes => {
        expect(idToBytes(idFromBytes(bytes))).toEqual(bytes)
      })
    )
    expect(idFromBytes(fromUtf8('é'))).toBe('\xc3\xa9')
  })
})

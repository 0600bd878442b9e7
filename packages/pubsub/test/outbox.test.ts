import { LengthPrefixDecoder } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DropReason } from '../src/counters.ts'
import {
  DECODE_RPC_LIMITS,
  FORWARD_TTL_MS,
  IDONTWANT_IDS_PER_RPC,
  MAX_CONTROL_RPC_BYTES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_IDS,
  MAX_QUEUED_MESSAGES,
  SUBSCRIPTIONS_PER_RPC
} from '../src/limits.ts'
import { Outbox } from '../src/outbox.ts'
import { RoutedMessage } from '../src/routed-message.ts'
import { decodeRpc, type Partial, type Rpc } from '../src/rpc.ts'
import { encodeMessage } from '../src/wire-message.ts'

let outbox: Outbox
let dropped: Map<DropReason, number>

beforeEach(() => {
  dropped = new Map()
  outbox = new Outbox(1_048_576, (reason, count) => dropped.set(reason, (dropped.get(reason) ?? 0) + count))
})

function message(id: string, bytes = 10): RoutedMessage {
  const made = new RoutedMessage(encodeMessage({ topic: 'news', data: new Uint8Array(bytes) }), () => undefined)
  made.id = id
  return made
}

function takeRpcs(): Rpc[] {
  return decoded(outbox.takeControl())
}

function decoded(frames: readonly Uint8Array[]): Rpc[] {
  const decoder = new LengthPrefixDecoder()
  return frames.flatMap(frame => [...decoder.push(frame)].map(rpc => decodeRpc(rpc, DECODE_RPC_LIMITS)))
}

describe('the outbox of a peer', () => {
  it('gathers what is to be said into one RPC', () => {
    outbox.add({ subscriptions: [{ topic: 'a', subscribe: true }] })
    outbox.add({ control: { graft: ['a'] } })
    outbox.add({ control: { iwant: ['x', 'y'], ihave: [{ topic: 'a', ids: ['1'] }] } })
    outbox.add({ control: { iwant: ['y', 'z'], ihave: [{ topic: 'a', ids: ['2'] }] } })
    const [rpc, ...more] = takeRpcs()
    expect(more).toEqual([])
    expect(rpc!.subscriptions).toMatchObject([{ topic: 'a', subscribe: true }])
    expect(rpc!.control).toMatchObject({
      graft: ['a'],
      iwant: ['x', 'y', 'z'],
      ihave: [{ topic: 'a', ids: ['1', '2'] }]
    })
    expect(takeRpcs()).toEqual([])
  })

  it('holds so many bytes of parts of messages, the latest', () => {
    const part = (n: number): Partial => ({
      ...{ topic: 'a', groupId: Uint8Array.of(n), metadata: new Uint8Array(100) },
      message: new Uint8Array(MAX_QUEUED_BYTES / 32 - 101)
    })
    for (let n = 0; n < 35; n++) outbox.add({ partial: part(n) })
    expect(takeRpcs().map(({ partial }) => partial?.groupId[0])).toEqual(Array.from({ length: 32 }, (_, i) => i + 3))
    expect(dropped.get('queue full')).toBe(3)
    // What was sent makes room.
    for (let n = 0; n < 32; n++) outbox.add({ partial: part(n) })
    expect(takeRpcs()).toHaveLength(32)
  })

  it('keeps the latest word on each topic only', () => {
    outbox.add({ subscriptions: [{ topic: 'a', subscribe: true }], control: { graft: ['a', 'b'] } })
    outbox.add({ subscriptions: [{ topic: 'a', subscribe: false }], control: { prune: [{ topic: 'a', peers: [] }] } })
    outbox.add({ control: { prune: [{ topic: 'c', peers: [] }] } })
    outbox.add({ control: { graft: ['c'] } })
    const [rpc] = takeRpcs()
    expect(rpc!.subscriptions).toMatchObject([{ topic: 'a', subscribe: false }])
    expect(rpc!.control).toMatchObject({ graft: ['b', 'c'], prune: [{ topic: 'a' }] })
  })

  it('says in RPCs of ten ids what is not wanted: go-libp2p-pubsub reads no more of each', () => {
    outbox.add({ control: { idontwant: Array.from({ length: 25 }, (_, i) => String(i)) } })
    const rpcs = takeRpcs()
    expect(rpcs.map(({ control }) => control!.idontwant.length)).toEqual([10, 10, 5])
    expect(IDONTWANT_IDS_PER_RPC).toBe(10)
  })

  it('sends parts one by one', () => {
    for (const id of [1, 2]) outbox.add({ partial: { topic: 'a', groupId: Uint8Array.of(id) } })
    expect(takeRpcs().map(({ partial }) => partial!.groupId[0])).toEqual([1, 2])
  })

  it('sends our own messages first, others in the order they came', () => {
    const [a, b, c] = [message('a'), message('b'), message('c')]
    outbox.push(a, 'forward', 0)
    outbox.push(b, 'answer', 0)
    outbox.push(c, 'own', 0)
    expect([outbox.takeMessage(0), outbox.takeMessage(0), outbox.takeMessage(0), outbox.takeMessage(0)]).toEqual([
      c,
      a,
      b,
      undefined
    ])
  })

  it('drops the oldest of others, then of our own, when there are too many', () => {
    const own = message('own')
    outbox.push(own, 'own', 0)
    for (let i = 0; i < MAX_QUEUED_MESSAGES + 4; i++) outbox.push(message(String(i)), 'forward', 0)
    expect([outbox.queuedMessages, dropped.get('queue full')]).toEqual([MAX_QUEUED_MESSAGES, 5])
    expect(outbox.takeMessage(0)).toBe(own)
    for (let i = 0; i < 2 * MAX_QUEUED_MESSAGES; i++) outbox.push(message(String(i)), 'own', 0)
    expect([outbox.queuedMessages, dropped.get('queue full')]).toEqual([
      MAX_QUEUED_MESSAGES,
      5 + 2 * MAX_QUEUED_MESSAGES - 1
    ])
  })

  it('drops them when they are too large together, but never the only one', () => {
    const half = MAX_QUEUED_BYTES / 2
    outbox.push(message('a', half), 'forward', 0)
    outbox.push(message('b', half), 'forward', 0)
    expect([outbox.queuedMessages, dropped.get('queue full')]).toEqual([1, 1])
    outbox.push(message('c', 2 * MAX_QUEUED_BYTES), 'forward', 0)
    expect(outbox.queuedMessages).toBe(1)
  })

  it('drops what has waited too long, unless it is ours', () => {
    outbox.push(message('a'), 'forward', 0)
    const own = message('b')
    outbox.push(own, 'own', 0)
    expect(outbox.takeMessage(FORWARD_TTL_MS + 1)).toBe(own)
    expect(outbox.takeMessage(FORWARD_TTL_MS + 1)).toBeUndefined()
    expect(dropped.get('stale')).toBe(1)
  })

  it('takes back what the peer has meanwhile', () => {
    const kept = message('b')
    outbox.push(message('a'), 'forward', 0)
    outbox.push(kept, 'forward', 0)
    outbox.cancel(['a', 'c'])
    expect([outbox.takeMessage(0), outbox.takeMessage(0), dropped.get('unwanted')]).toEqual([kept, undefined, 1])
  })

  it('has a message once, however often it is to be sent', () => {
    const twice = message('a')
    outbox.push(twice, 'forward', 0)
    outbox.push(twice, 'answer', 0)
    expect([outbox.queuedMessages, outbox.queuedBytes]).toEqual([1, twice.frame.byteLength])
  })

  it('says in RPCs of 16 KiB what rust-libp2p is to read', () => {
    const topics = Array.from({ length: 1000 }, (_, i) => `a topic that is not so short, number ${i}`)
    const ids = Array.from({ length: 1000 }, (_, i) => `an id as long as the author and the number: ${i}`)
    outbox.add({ subscriptions: topics.map(topic => ({ topic, subscribe: true })) })
    outbox.add({ control: { iwant: ids, ihave: [{ topic: 'a', ids }] } })
    const frames = outbox.takeControl()
    for (const { byteLength } of frames) expect(byteLength).toBeLessThanOrEqual(MAX_CONTROL_RPC_BYTES)
    const rpcs = decoded(frames)
    expect(rpcs.flatMap(rpc => rpc.subscriptions.map(({ topic }) => topic))).toEqual(topics)
    expect(rpcs.flatMap(({ control }) => control?.iwant ?? [])).toEqual(ids)
    expect(rpcs.flatMap(({ control }) => control?.ihave ?? []).flatMap(ihave => ihave.ids)).toEqual(ids)
    expect(dropped.size).toBe(0)
  })

  it('says in RPCs of a hundred topics what rust-libp2p is to heed, extensions in the first', () => {
    const subscriptions = Array.from({ length: 250 }, (_, i) => ({ topic: String(i), subscribe: true }))
    outbox.add({ extensions: { partialMessages: true }, subscriptions, control: { graft: ['249'] } })
    const rpcs = takeRpcs()
    expect(rpcs.map(rpc => rpc.subscriptions.length)).toEqual([100, 100, 50])
    expect(rpcs.flatMap(rpc => rpc.subscriptions.map(({ topic }) => topic))).toEqual(subscriptions.map(s => s.topic))
    expect(rpcs.map(({ control }) => control?.extensions?.partialMessages)).toEqual([true, undefined, undefined])
    // Not before the topic that it is about.
    expect(rpcs.map(({ control }) => control?.graft ?? [])).toEqual([[], [], ['249']])
    expect(SUBSCRIPTIONS_PER_RPC).toBe(100)
    expect(takeRpcs()).toEqual([])
  })

  it('encodes once what all peers are told', () => {
    const gossip = { control: { ihave: [{ topic: 'a', ids: ['1', '2'] }] } }
    const other = new Outbox(1_048_576, () => {})
    outbox.add(gossip)
    other.add(gossip)
    const [frame] = outbox.takeControl()
    expect(other.takeControl()[0]).toBe(frame)
    expect(decoded([frame!])[0]!.control!.ihave).toEqual([{ topic: 'a', ids: ['1', '2'] }])
    // Not when there is something else to be said.
    outbox.add(gossip)
    outbox.add({ control: { graft: ['b'] } })
    expect(takeRpcs()).toMatchObject([{ control: { graft: ['b'], ihave: [{ topic: 'a', ids: ['1', '2'] }] } }])
  })

  it('keeps so much gossip and no more', () => {
    const ids = Array.from({ length: MAX_QUEUED_IDS + 7 }, (_, i) => String(i))
    outbox.add({ control: { iwant: ids } })
    expect(takeRpcs().flatMap(({ control }) => control!.iwant)).toHaveLength(MAX_QUEUED_IDS)
    expect(dropped.get('gossip queue full')).toBe(7)
    outbox.add({ control: { ihave: [{ topic: 'a', ids: ids.slice(7) }] } })
    outbox.add({ control: { ihave: [{ topic: 'a', ids: ids.slice(0, 8) }] } })
    expect(takeRpcs().flatMap(({ control }) => control!.ihave.flatMap(ihave => ihave.ids))).toEqual(ids.slice(7))
    expect(dropped.get('gossip queue full')).toBe(14)
  })

  it('knows how many bytes wait, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ push: fc.nat(5000), kind: fc.constantFrom('own' as const, 'forward' as const) }),
      fc.record({ cancel: fc.nat(20) }),
      fc.constant('take' as const)
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const fresh = new Outbox(1_048_576, () => {})
        for (const [i, one] of steps.entries()) {
          if (one === 'take') fresh.takeMessage(0)
          else if ('push' in one) fresh.push(message(String(i % 20), one.push), one.kind, 0)
          else fresh.cancel([String(one.cancel)])
        }
        let left = fresh.queuedBytes
        for (let next = fresh.takeMessage(0); next !== undefined; next = fresh.takeMessage(0))
          left -= next.frame.byteLength
        expect([left, fresh.queuedBytes, fresh.queuedMessages]).toEqual([0, 0, 0])
      })
    )
  })

  it('counts what was left when the peer went', () => {
    outbox.push(message('a'), 'own', 0)
    outbox.add({ control: { graft: ['a'] } })
    outbox.clear()
    expect([outbox.isEmpty, dropped.get('peer gone')]).toEqual([true, 1])
  })
})

import { messageIds } from '@ts-libp2p/gossipsub'
import { generateKeyPair, peerIdFromPrivateKey } from '@ts-libp2p/libp2p'
import { protobufTracer } from '@ts-libp2p/pubsub'
import { expect, it } from 'vitest'
import { startGoPeer } from '../src/index.ts'
import { START_TIMEOUT_MS } from './conversation.ts'
import { eventually, haveTexts, type OurMember, ours, TheirMember } from './pubsub/members.ts'
import { meet, NO_MESH, newTopic } from './pubsub/suite.ts'

/** go-libp2p-pubsub's `TraceEvent` in the JSON form of protobuf. */
interface GoEvent {
  type: string
  timestamp: string
  publishMessage?: Named
  deliverMessage?: Named
  recvRPC?: { receivedFrom: string; meta: Meta }
  sendRPC?: { sendTo: string; meta: Meta }
  graft?: { topic: string }
}

interface Named {
  messageID: string
  topic: string
}

interface Meta {
  messages?: Named[]
  control?: { ihave?: { messageIDs: string[] }[]; iwant?: { messageIDs: string[] }[] }
}

/** A node of ours whose trace is written as go-libp2p-pubsub's `PBTracer` writes its own. */
async function traced(options: object = {}): Promise<[node: OurMember, written: Uint8Array[]]> {
  const written: Uint8Array[] = []
  const privateKey = await generateKeyPair('Ed25519')
  const tracer = protobufTracer(peerIdFromPrivateKey(privateKey).toString(), bytes => written.push(bytes))
  return [await ours({ privateKey, tracer, msgIdFn: messageIds.default, ...options }), written]
}

/** What we have written and what Go has traced, both told by Go. */
async function traces(go: TheirMember, written: Uint8Array[]): Promise<{ our: GoEvent[]; their: GoEvent[] }> {
  const text = Buffer.concat(written).toString('base64')
  const [our, their] = [await go.remote.call('readTrace', { text }), await go.remote.call('trace')]
  return { our: our.events as GoEvent[], their: their.events as GoEvent[] }
}

it('the trace of ours is read by Go, and tells the same as its own', { timeout: START_TIMEOUT_MS }, async () => {
  const topic = newTopic()
  await using go = new TheirMember(await startGoPeer({ pubsub: {} }))
  const [member, written] = await traced()
  await using us = member
  await meet(topic, go, [us])
  await us.publish(topic, `${topic} ours`)
  await go.publish(topic, `${topic} theirs`)
  await haveTexts(topic, [us], () => [`${topic} theirs`])
  await haveTexts(topic, [go], () => [`${topic} ours`])

  await eventually(async () => {
    const { our, their } = await traces(go, written)
    const [[ourId], [theirId]] = [idsOf(our, 'publishMessage'), idsOf(their, 'publishMessage')]
    expect(idsOf(our, 'deliverMessage')).toEqual([theirId])
    // Go delivers its own messages to itself.
    expect(idsOf(their, 'deliverMessage').toSorted()).toEqual([ourId, theirId].toSorted())
    expect([said(our), heard(their)]).toEqual([[ourId], [ourId]])
    expect([said(their), heard(our)]).toEqual([[theirId], [theirId]])
    expect(our.filter(({ graft }) => graft?.topic === topic)).toHaveLength(1)
    expect(their.filter(({ graft }) => graft?.topic === topic)).toHaveLength(1)
    // Every kind of event has the fields that Go gives it.
    for (const [type, fields] of shapes(our)) expect([type, fields]).toEqual([type, shapes(their).get(type) ?? fields])
  })
})

it('IHAVE, IWANT and the message are in both traces', { timeout: START_TIMEOUT_MS }, async () => {
  const topic = newTopic()
  await using go = new TheirMember(await startGoPeer({ pubsub: {} }))
  const [member, written] = await traced(NO_MESH)
  await using us = member
  for (const node of [go, us]) await node.subscribe(topic)
  await go.dial(us)
  await eventually(async () => expect(await us.subscribers(topic)).toEqual([go.peerId]))
  await us.publish(topic, `${topic} ours`)
  await haveTexts(topic, [go], () => [`${topic} ours`])

  await eventually(async () => {
    const { our, their } = await traces(go, written)
    const [id] = idsOf(our, 'publishMessage')
    const control = (events: GoEvent[], way: 'sendRPC' | 'recvRPC', what: 'ihave' | 'iwant'): string[] =>
      events.flatMap(event => event[way]?.meta.control?.[what]?.flatMap(({ messageIDs }) => messageIDs) ?? [])
    expect(control(our, 'sendRPC', 'ihave')).toContain(id)
    expect(control(their, 'recvRPC', 'ihave')).toContain(id)
    expect(control(their, 'sendRPC', 'iwant')).toContain(id)
    expect(control(our, 'recvRPC', 'iwant')).toContain(id)
    expect(said(our)).toContain(id)
    expect(heard(their)).toContain(id)
  })
})

function said(events: readonly GoEvent[]): string[] {
  return events.flatMap(({ sendRPC }) => sendRPC?.meta.messages?.map(({ messageID }) => messageID) ?? [])
}

function heard(events: readonly GoEvent[]): string[] {
  return events.flatMap(({ recvRPC }) => recvRPC?.meta.messages?.map(({ messageID }) => messageID) ?? [])
}

function idsOf(events: readonly GoEvent[], type: 'publishMessage' | 'deliverMessage'): string[] {
  return events.flatMap(event => event[type]?.messageID ?? [])
}

/** The names of the fields of each kind of event, and of those in it. */
function shapes(events: readonly GoEvent[]): Map<string, string[]> {
  return new Map(
    events.map(event => {
      const inner = Object.values(event).find(value => typeof value === 'object') ?? {}
      return [event.type, [...Object.keys(event), ...Object.keys(inner)].filter(name => name !== 'meta').toSorted()]
    })
  )
}

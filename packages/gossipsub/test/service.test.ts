import { concat, fromUtf8, LengthPrefixDecoder } from '@ts-libp2p/bytes'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { type MsgIdFn, protobufTracer } from '@ts-libp2p/pubsub'
import { identity, simulationTest } from '@ts-libp2p/testing'
import snappy from 'snappyjs'
import { describe, expect, it } from 'vitest'
import { TraceEvent } from '../../pubsub/src/pb/trace.js'
import {
  ethereumConsensus,
  GOSSIPSUB_1_3,
  type GossipsubOptions,
  gossipsub,
  lowBandwidth,
  messageIds,
  seqnoValidator,
  type TopicValidatorResult
} from '../src/index.ts'
import { droppedBy, joinAll, type SimulatedNode, say, startStar, subscribers, TOPIC, textsOf } from './hosts.ts'
import { RawPeer, signedMessage } from './raw-peer.ts'

describe('signature policies', () => {
  simulationTest('who signs and who does not do not hear each other, and it is counted why', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{}, { globalSignaturePolicy: 'StrictNoSign' }])
    await joinAll(world, nodes)
    const [signing, anonymous] = nodes as [SimulatedNode, SimulatedNode]
    await say(signing, 'signed')
    await say(anonymous, 'anonymous')
    await world.run({ ms: 100 })
    expect(droppedBy(signing)).toEqual({ 'missing signature': 1 })
    expect(droppedBy(anonymous)).toEqual({ 'unexpected signature': 1 })
  })

  simulationTest('unsigned messages say neither who nor when, and equal ones are one', async ({ simulate }) => {
    const world = simulate()
    const options: GossipsubOptions = { globalSignaturePolicy: 'StrictNoSign' }
    const nodes = await startStar(world, [options, options])
    await joinAll(world, nodes)
    const messages: object[] = []
    nodes[1]!.services.pubsub.addEventListener('message', ({ detail }) => messages.push(detail))
    await say(nodes[0]!, 'hello')
    await expect(say(nodes[0]!, 'hello')).rejects.toMatchObject({ code: 'duplicate' })
    const { pubsub } = nodes[0]!.services
    const again = await pubsub.publish(TOPIC, fromUtf8('hello'), { ignoreDuplicatePublishError: true })
    expect(again.recipients).toEqual([])
    await world.run({ ms: 100 })
    expect(messages).toEqual([{ type: 'unsigned', topic: TOPIC, data: fromUtf8('hello') }])
  })

  simulationTest('a signed message says who wrote it, with numbers that grow', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{}, {}, {}])
    await joinAll(world, nodes)
    const seen: [string, bigint][] = []
    nodes[2]!.services.pubsub.addEventListener('message', ({ detail }) => {
      if (detail.type === 'signed') seen.push([detail.from.toString(), detail.sequenceNumber])
    })
    await say(nodes[1]!, 'a')
    await say(nodes[1]!, 'b')
    await world.run({ ms: 200 })
    const author = nodes[1]!.peerId.toString()
    const [[, first], [, second]] = seen as [[string, bigint], [string, bigint]]
    expect(seen.map(([from]) => from)).toEqual([author, author])
    expect(second).toBe(first + 1n)
    expect(first / 1_000_000n).toBeGreaterThan(BigInt(Date.UTC(2026, 0, 1)) - 1n)
  })
})

describe('a message whose sender leaves while it is read', () => {
  simulationTest('is delivered all the same', async ({ simulate }) => {
    const world = simulate()
    const ids: (() => void)[] = []
    const msgIdFn: MsgIdFn = message =>
      new Promise(resolve => ids.push(() => resolve(messageIds.default(message) as Uint8Array)))
    const [node] = (await startStar(world, [{ msgIdFn }])) as [SimulatedNode]
    node.services.pubsub.subscribe(TOPIC)
    const got = textsOf(node)
    const sender = await RawPeer.connect(world, node)
    sender.sendMessages(await signedMessage('hello'))
    await world.runUntil(() => ids.length === 1)
    await world.until(sender.node.stop())
    await world.runUntil(() => node.getPeers().length === 0)
    ids[0]!()
    await world.run({ ms: 500 })
    expect(got).toEqual(['hello'])
  })
})

describe('validators', () => {
  simulationTest(
    'may take their time: other messages go past them, and what they accept is passed on',
    async ({ simulate }) => {
      const world = simulate()
      const nodes = await startStar(world, [{}, {}, {}])
      const [middle, a, b] = nodes as [SimulatedNode, SimulatedNode, SimulatedNode]
      await joinAll(world, nodes)
      const verdicts: ((verdict: TopicValidatorResult) => void)[] = []
      middle.services.pubsub.topicValidators.set(TOPIC, (_, { data }) =>
        data[0] === 0x73 ? new Promise(resolve => verdicts.push(resolve)) : 'accept'
      )
      const [atMiddle, atB] = [textsOf(middle), textsOf(b)]
      await say(a, 'slow')
      await say(a, 'quick')
      await world.run({ ms: 100 })
      expect([atMiddle, atB]).toEqual([['quick'], ['quick']])
      verdicts[0]!('accept')
      await world.run({ ms: 100 })
      expect([atMiddle, atB]).toEqual([
        ['quick', 'slow'],
        ['quick', 'slow']
      ])
    }
  )

  simulationTest('that throw, or say nothing known, mean ignore', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{}, {}])
    await joinAll(world, nodes)
    const { topicValidators } = nodes[0]!.services.pubsub
    for (const validator of [
      () => {
        throw new Error('a mistake')
      },
      () => Promise.reject(new Error('a mistake')),
      () => 'fine' as never
    ]) {
      topicValidators.set(TOPIC, validator)
      await say(nodes[1]!, `message ${topicValidators.size}`)
      await world.run({ ms: 50 })
    }
    expect(droppedBy(nodes[0]!)).toEqual({ 'validation ignored': 3 })
  })

  simulationTest('so many at once and no more, whoever sends', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{ validationConcurrency: 100 }, {}, {}])
    const [slow, a, b] = nodes as [SimulatedNode, SimulatedNode, SimulatedNode]
    await joinAll(world, nodes)
    const verdicts: ((verdict: TopicValidatorResult) => void)[] = []
    slow.services.pubsub.topicValidators.set(TOPIC, () => new Promise(resolve => verdicts.push(resolve)))
    for (let i = 0; i < 500; i++) await say(a, `a${i}`)
    await world.run({ ms: 1000 })
    expect([verdicts.length, droppedBy(slow)['validation throttled']]).toEqual([100, 400])
    await say(b, 'too much')
    await world.run({ ms: 100 })
    expect([verdicts.length, droppedBy(slow)['validation throttled']]).toEqual([100, 401])
    for (const verdict of verdicts.splice(0)) verdict('accept')
    await say(b, 'later')
    await world.run({ ms: 100 })
    expect(verdicts).toHaveLength(1)
  })

  simulationTest('a peer with much under way is held back, and nothing of it is lost', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{ validationConcurrency: 10_000 }, {}])
    await joinAll(world, nodes)
    const verdicts: ((verdict: TopicValidatorResult) => void)[] = []
    nodes[0]!.services.pubsub.topicValidators.set(TOPIC, () => new Promise(resolve => verdicts.push(resolve)))
    const data = new Uint8Array(10_000)
    for (let i = 0; i < 1000; i++) await nodes[1]!.services.pubsub.publish(TOPIC, data)
    await world.run({ ms: 2000 })
    const underWay = verdicts.length
    expect(underWay).toBeGreaterThanOrEqual(128)
    expect(underWay).toBeLessThan(300)
    while (verdicts.length > 0) {
      for (const verdict of verdicts.splice(0)) verdict('ignore')
      await world.run({ ms: 200 })
    }
    expect([droppedBy(nodes[0]!), droppedBy(nodes[1]!)]).toEqual([{ 'validation ignored': 1000 }, {}])
  })

  simulationTest('reports: what the application says later decides', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{ asyncValidation: true }, {}])
    await joinAll(world, nodes)
    const { pubsub } = nodes[0]!.services
    const got = textsOf(nodes[0]!)
    const came: { msgId: string; propagationSource: object }[] = []
    pubsub.addEventListener('gossipsub:message', ({ detail }) => came.push(detail))
    for (const text of ['good', 'bad', 'forgotten']) await say(nodes[1]!, text)
    await world.run({ ms: 100 })
    expect([got, came.length]).toEqual([[], 3])
    const [good, bad] = came as [(typeof came)[0], (typeof came)[0]]
    pubsub.reportMessageValidationResult(good.msgId, String(good.propagationSource), 'accept')
    pubsub.reportMessageValidationResult(bad.msgId, String(bad.propagationSource), 'reject')
    pubsub.reportMessageValidationResult('not base64!', '', 'accept')
    await world.run({ ms: 6000 })
    expect(got).toEqual(['good'])
    expect(droppedBy(nodes[0]!)).toMatchObject({ 'validation failed': 1, 'validation ignored': 1 })
  })

  simulationTest('a sequence number that is not above those before is a replay', async ({ simulate }) => {
    const world = simulate()
    const [node, author] = (await startStar(world, [{ defaultValidators: [seqnoValidator()], seenTTL: 1000 }, {}])) as [
      SimulatedNode,
      SimulatedNode
    ]
    await joinAll(world, [node, author])
    const raw = await RawPeer.connect(world, author)
    raw.joins(TOPIC)
    await world.run({ ms: 100 })
    const got = textsOf(node)
    await say(author, 'once')
    await world.run({ ms: 4000 })
    await world.until(raw.node.dial(node.getMultiaddrs()))
    await raw.open(node)
    raw.sendMessages(...raw.messages)
    await world.run({ ms: 100 })
    expect(got).toEqual(['once'])
    expect(droppedBy(node)).toEqual({ 'validation ignored': 1 })
  })
})

describe('message ids and transforms', () => {
  const dataTransform = {
    inboundTransform: (_: string, data: Uint8Array) => snappy.uncompress(data),
    outboundTransform: (_: string, data: Uint8Array) => snappy.compress(data)
  }

  simulationTest('Ethereum: unsigned, compressed, named by what is in it', async ({ simulate }) => {
    const world = simulate()
    const options: GossipsubOptions = { ...ethereumConsensus, dataTransform }
    const nodes = await startStar(world, [options, options, options])
    await joinAll(world, nodes)
    const got = textsOf(nodes[2]!)
    await say(nodes[1]!, 'a block '.repeat(1000))
    await world.run({ ms: 200 })
    expect(got).toEqual(['a block '.repeat(1000)])
    expect(nodes[2]!.services.pubsub.counters().receivedBytes).toBeLessThan(1000)
    const plain = await startStar(world, [ethereumConsensus, options])
    await joinAll(world, plain)
    await say(plain[0]!, 'not compressed')
    await world.run({ ms: 100 })
    expect(droppedBy(plain[1]!)).toEqual({ 'validation failed': 1 })
  })

  simulationTest('a quick local name spares copies the transform', async ({ simulate }) => {
    const world = simulate()
    let transformed = 0
    const counting = {
      ...dataTransform,
      inboundTransform(topic: string, data: Uint8Array) {
        transformed++
        return dataTransform.inboundTransform(topic, data)
      }
    }
    const ethereum: GossipsubOptions = { ...ethereumConsensus, dataTransform }
    const fastMsgIdFn = ({ data }: { data?: Uint8Array }) => data!.join()
    const nodes = await startStar(world, [
      ethereum,
      ethereum,
      ethereum,
      { ...ethereum, dataTransform: counting, fastMsgIdFn }
    ])
    await world.until(nodes[3]!.dial(nodes[1]!.getMultiaddrs()))
    await world.until(nodes[3]!.dial(nodes[2]!.getMultiaddrs()))
    await joinAll(world, nodes)
    await say(nodes[0]!, 'a block')
    await world.run({ ms: 200 })
    expect([transformed, droppedBy(nodes[3]!).duplicate]).toEqual([1, 2])
  })
})

describe('a tracer', () => {
  simulationTest('writes what go-libp2p-pubsub writes', async ({ simulate }) => {
    const world = simulate()
    const written: Uint8Array[] = []
    const tracer = protobufTracer(peerIdOf('self'), bytes => written.push(bytes))
    const nodes = await startStar(world, [{ tracer }, {}])
    await joinAll(world, nodes)
    await say(nodes[0]!, 'out')
    await say(nodes[1]!, 'in')
    await world.run({ ms: 100 })
    nodes[0]!.services.pubsub.unsubscribe(TOPIC)
    await world.run({ ms: 100 })
    const events = [...new LengthPrefixDecoder().push(concat(written))].map(bytes => TraceEvent.decode(bytes))
    const of = (type: number) => events.filter(event => event.type === type)
    expect([...new Set(events.map(({ type }) => type!))].toSorted((x, y) => x - y)).toEqual([
      0, 3, 4, 6, 7, 9, 10, 11, 12
    ])
    expect(of(0).map(({ publishMessage }) => publishMessage?.topic)).toEqual([TOPIC])
    const peerID = peerIdToBytes(nodes[1]!.peerId)
    expect(of(3)[0]?.deliverMessage).toMatchObject({ topic: TOPIC, receivedFrom: peerID })
    expect(of(4)[0]?.onNewOutboundStream).toEqual({ peerID, proto: GOSSIPSUB_1_3 })
    const id = of(3)[0]?.deliverMessage?.messageID
    expect(of(6).flatMap(({ recvRPC }) => recvRPC?.meta?.messages ?? [])).toEqual([{ messageID: id, topic: TOPIC }])
    expect(of(7).flatMap(({ sendRPC }) => sendRPC?.meta?.messages ?? [])).toHaveLength(1)
    expect(of(7).flatMap(({ sendRPC }) => sendRPC?.meta?.subscription ?? [])).toEqual([
      { topic: TOPIC, subscribe: true },
      { topic: TOPIC, subscribe: false }
    ])
    expect(of(7).flatMap(({ sendRPC }) => sendRPC?.meta?.control?.prune ?? [])).toEqual([{ topic: TOPIC, peers: [] }])
    expect(events.every(({ timestamp }) => timestamp! > 1_700_000_000_000_000_000n)).toBe(true)
  })

  simulationTest('that throws disturbs nobody', async ({ simulate }) => {
    const world = simulate()
    const mistake = (): never => {
      throw new Error('a mistake')
    }
    const options: GossipsubOptions = {
      tracer: { trace: mistake },
      subscriptionFilter: topic => topic === TOPIC || mistake(),
      scoreParams: { appSpecificScore: mistake }
    }
    const nodes = await startStar(world, [options, {}])
    await joinAll(world, nodes)
    nodes[1]!.services.pubsub.subscribe('other')
    const got = textsOf(nodes[0]!)
    await say(nodes[1]!, 'hello')
    await world.run({ ms: 100 })
    expect([got, subscribers(nodes[0]!, 'other')]).toEqual([['hello'], 0])
  })
})

describe('topics', () => {
  simulationTest('that are not allowed do not exist', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{ allowedTopics: [TOPIC] }, {}])
    const { pubsub } = nodes[0]!.services
    expect(() => pubsub.subscribe('other')).toThrow(expect.objectContaining({ code: 'not-allowed' }))
    expect(() => pubsub.topic('other')).toThrow(expect.objectContaining({ code: 'not-allowed' }))
    await expect(pubsub.publish('other')).rejects.toMatchObject({ code: 'not-allowed' })
    nodes[1]!.services.pubsub.subscribe('other')
    await joinAll(world, nodes)
    expect([subscribers(nodes[0]!, 'other'), droppedBy(nodes[0]!)['subscription refused']]).toEqual([0, 1])
  })

  simulationTest('tell who comes and goes', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{}, {}])
    const changes: unknown[] = []
    const mesh: string[] = []
    const { pubsub } = nodes[0]!.services
    pubsub.addEventListener('subscription-change', ({ detail }) =>
      changes.push(...detail.subscriptions.map(change => ({ peer: String(detail.peerId), ...change })))
    )
    pubsub.addEventListener('gossipsub:graft', ({ detail }) => mesh.push(`+${detail.topic} ${detail.direction}`))
    pubsub.addEventListener('gossipsub:prune', ({ detail }) => mesh.push(`-${detail.topic}`))
    await joinAll(world, nodes)
    nodes[1]!.services.pubsub.unsubscribe(TOPIC)
    await world.run({ ms: 100 })
    const peer = nodes[1]!.peerId.toString()
    expect(changes).toEqual([
      { peer, topic: TOPIC, subscribe: true },
      { peer, topic: TOPIC, subscribe: false }
    ])
    expect(mesh).toEqual([`+${TOPIC} outbound`, `-${TOPIC}`])
  })

  simulationTest('mark the connections of their mesh as worth keeping', async ({ simulate }) => {
    const world = simulate()
    const nodes = await startStar(world, [{}, {}])
    await joinAll(world, nodes)
    await world.run({ ms: 2000 })
    const tags = async () => [...(await nodes[0]!.peerStore.get(nodes[1]!.peerId)).tags]
    expect(await world.until(tags())).toEqual([[TOPIC, { value: 100 }]])
    nodes[1]!.services.pubsub.unsubscribe(TOPIC)
    await world.run({ ms: 100 })
    expect(await world.until(tags())).toEqual([])
  })
})

describe('peers', () => {
  simulationTest('that are pruned get to know others, with proof of where they are', async ({ simulate }) => {
    const world = simulate()
    const small: GossipsubOptions = { D: 2, Dlo: 1, Dhi: 3, Dscore: 1, Dout: 0 }
    const trusting: GossipsubOptions = {
      ...small,
      scoreParams: { appSpecificScore: () => 1 },
      scoreThresholds: { acceptPXThreshold: 1 }
    }
    const nodes = await startStar(world, [{ ...small, doPX: true }, ...Array.from({ length: 6 }, () => trusting)])
    await joinAll(world, nodes)
    await world.run({ ms: 10_000 })
    const connected = nodes.slice(1).map(node => node.getPeers().length)
    expect(connected.filter(peers => peers > 1).length).toBeGreaterThanOrEqual(3)
    expect(nodes[0]!.services.pubsub.getMeshPeers(TOPIC).length).toBeLessThanOrEqual(3)
  })

  simulationTest(
    'that are direct are connected from the start, and again when they come back',
    async ({ simulate }) => {
      const world = simulate()
      const friends = await startStar(world, [{}])
      const [friend] = friends as [SimulatedNode]
      const directPeers = [{ id: friend.peerId, addrs: friend.getMultiaddrs() }]
      const [node] = (await startStar(world, [{ directPeers, directConnectTicks: 5 }])) as [SimulatedNode]
      friend.services.pubsub.subscribe(TOPIC)
      node.services.pubsub.subscribe(TOPIC)
      await world.run({ ms: 2000 })
      expect([subscribers(node), node.services.pubsub.getMeshPeers(TOPIC)]).toEqual([1, []])
      await world.until(friend.stop())
      await world.run({ ms: 1000 })
      expect(node.getPeers()).toEqual([])
      await world.until(friend.start())
      await world.run({ ms: 10_000 })
      const got = textsOf(friend)
      await say(node, 'welcome back')
      await world.run({ ms: 100 })
      expect(got).toEqual(['welcome back'])
    }
  )

  simulationTest('speak the best version that both know', async ({ simulate }) => {
    const world = simulate()
    const versions = [['/meshsub/1.0.0'], ['/meshsub/1.1.0'], ['/meshsub/1.2.0', '/meshsub/1.1.0'], ['/meshsub/1.3.0']]
    const nodes = await startStar(world, [{}, ...versions.map(protocols => ({ protocols, fallbackToFloodsub: false }))])
    await joinAll(world, nodes)
    const spoken = nodes[0]!.getConnections().flatMap(({ streams }) => {
      return streams.flatMap(({ direction, protocol }) => (direction === 'outbound' ? [protocol] : []))
    })
    expect(spoken.filter(protocol => protocol.startsWith('/meshsub'))).toEqual(versions.map(([best]) => best))
    const got = nodes.map(textsOf)
    await say(nodes[1]!, 'to all')
    await world.run({ ms: 200 })
    expect(got.map(({ length }) => length)).toEqual([1, 0, 1, 1, 1])
  })
})

describe('presets and options', () => {
  it.each<[string, GossipsubOptions]>([
    ['ethereumConsensus', ethereumConsensus],
    ['lowBandwidth', lowBandwidth],
    ['a bootstrapper without a mesh', { D: 0, Dlo: 0, Dhi: 0, Dout: 0, Dscore: 0, doPX: true }],
    ["js-libp2p's spelling", { unsubcribeBackoff: 1000 }]
  ])('%s can be used', (_, options) => {
    expect(() => gossipsub(options)).not.toThrow()
  })

  it.each<[string, GossipsubOptions]>([
    ['D', { D: 20 }],
    ['Dout', { Dout: 5 }],
    ['Dscore', { Dscore: 9 }],
    ['mcacheGossip', { mcacheGossip: 9 }],
    ['gossipFactor', { gossipFactor: 2 }],
    ['heartbeatInterval', { heartbeatInterval: 0 }],
    ['seenTTL', { seenTTL: Number.NaN }],
    ['protocols', { protocols: [] }],
    ['directPeers', { directPeers: ['somebody' as never] }],
    ['graylistThreshold', { scoreThresholds: { graylistThreshold: 1 } }],
    ['behaviourPenaltyDecay', { scoreParams: { behaviourPenaltyDecay: 2 } }],
    ['meshMessageDeliveriesWeight', { scoreParams: { topics: { news: { meshMessageDeliveriesWeight: 1 } } } }],
    ['partialMessages', { partialMessages: { onPartial() {} } as never }],
    ['validationConcurrency', { validationConcurrency: 0 }]
  ])('what is wrong with %s is said at once', (name, options) => {
    expect(() => gossipsub(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
    expect(() => gossipsub(options)).toThrow(name)
  })
})

/** A peer id, for those who only write it down. */
function peerIdOf(name: string): string {
  return identity(name).peerId.toString()
}

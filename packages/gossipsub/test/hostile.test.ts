import { concat, encodeVarint, fromUtf8 } from '@ts-libp2p/bytes'
import { MAX_QUEUED_MESSAGES, MAX_TOPICS_PER_PEER, STALL_TIMEOUT_MS } from '@ts-libp2p/pubsub'
import { simulationTest } from '@ts-libp2p/testing'
import type { World } from '@ts-libp2p/testing/simulation'
import { describe, expect } from 'vitest'
import { encodeMessage } from '../../pubsub/src/wire-message.ts'
import type { GossipsubOptions } from '../src/index.ts'
import { droppedBy, joinAll, type SimulatedNode, say, startStar, TOPIC, textsOf } from './hosts.ts'
import { RawPeer } from './raw-peer.ts'

/** A node under attack, with an honest peer and the attacker in its mesh. */
async function scene(world: World, options: GossipsubOptions = {}) {
  const nodes = (await startStar(world, [options, {}])) as [SimulatedNode, SimulatedNode]
  await joinAll(world, nodes)
  const [victim, honest] = nodes
  const attacker = await RawPeer.connect(world, victim)
  attacker.joins(TOPIC)
  await world.runUntil(() => victim.services.pubsub.getMeshPeers(TOPIC).length === 2)
  return { victim, honest, attacker }
}

/** The honest peer and the victim still hear each other. */
async function expectService(world: World, victim: SimulatedNode, honest: SimulatedNode): Promise<void> {
  const got = [textsOf(victim), textsOf(honest)]
  await say(victim, 'ping')
  await say(honest, 'pong')
  await world.run({ ms: 2000 })
  expect(got).toEqual([['pong'], ['ping']])
}

/** It was told that it is in the mesh no more, and nothing from it is looked at. */
function expectOutcast(victim: SimulatedNode, honest: SimulatedNode, attacker: RawPeer): void {
  expect(attacker.pruned.map(({ topic }) => topic)).toContain(TOPIC)
  expect(victim.services.pubsub.getMeshPeers(TOPIC)).toEqual([honest.peerId.toString()])
  expect(scoreOf(victim, attacker)).toBeLessThan(graylist)
}

const scoreOf = (victim: SimulatedNode, { name }: RawPeer): number => victim.services.pubsub.getScore(name)
const graylist = -2500

describe('an attacker', () => {
  simulationTest('that sends what is no RPC loses its stream, and P7', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    for (const garbage of [Uint8Array.of(0xff), Uint8Array.of(0x0a, 0x05), Uint8Array.of(0x1a, 0x02, 0x0a, 0x7f)]) {
      attacker.sendRpc(garbage)
      await world.run({ ms: 100 })
      expect(attacker.stream.status).toBe('reset')
      await attacker.open(victim)
    }
    expect(droppedBy(victim).malformed).toBe(3)
    expect(scoreOf(victim, attacker)).toBeLessThan(graylist)
    await expectService(world, victim, honest)
  })

  simulationTest(
    'that announces more than an RPC may have loses its stream before it has sent it',
    async ({ simulate }) => {
      const world = simulate()
      const { victim, honest, attacker } = await scene(world)
      attacker.stream.send(encodeVarint(1024 * 1024 + 1))
      await world.run({ ms: 100 })
      expect(attacker.stream.status).toBe('reset')
      await expectService(world, victim, honest)
    }
  )

  simulationTest('that sends an RPC byte by byte disturbs nobody', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    attacker.stream.send(encodeVarint(1000))
    for (let i = 0; i < 200; i++) {
      attacker.stream.send(Uint8Array.of(0))
      await world.run({ ms: 50 })
    }
    await expectService(world, victim, honest)
  })

  simulationTest('that sends giant control messages is counted, scored, and not listened to', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    const before = victim.services.pubsub.counters().sentBytes
    for (let i = 0; i < 4; i++) attacker.sendRpc(concat([Uint8Array.of(0x1a), encodeVarint(400_000), graft(200_000)]))
    await world.run({ ms: 500 })
    expect(droppedBy(victim)).toMatchObject({ 'too many entries': 3, graylisted: 1 })
    expect(attacker.stream.status).toBe('open')
    expect(victim.services.pubsub.counters().sentBytes - before).toBeLessThan(1000)
    await expectService(world, victim, honest)
    expectOutcast(victim, honest, attacker)
  })

  simulationTest(
    'that tells of messages it does not have gets asked a little, then graylisted',
    async ({ simulate }) => {
      const world = simulate()
      const { victim, honest, attacker } = await scene(world)
      for (let round = 0; round < 20; round++) {
        for (let i = 0; i < 30; i++) {
          const ids = Array.from({ length: 500 }, (_, j) => `made up ${round} ${i} ${j}`)
          attacker.say({ control: { ihave: [{ topic: TOPIC, ids }] } })
        }
        await world.run({ ms: 1000 })
      }
      const asked = attacker.received.flatMap(({ control }) => control?.iwant ?? [])
      expect(asked.length).toBeLessThanOrEqual(7 * 5000)
      expect(victim.services.pubsub.inspect().promises).toBeLessThanOrEqual(40)
      expect(droppedBy(victim).graylisted).toBeGreaterThan(100)
      await expectService(world, victim, honest)
      expectOutcast(victim, honest, attacker)
    }
  )

  simulationTest('that asks for everything again and again gets each message three times', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    attacker.say({ control: { prune: [{ topic: TOPIC, backoffSeconds: 3600, peers: [] }] } })
    await world.run({ ms: 100 })
    await say(honest, 'news')
    await world.run({ ms: 1500 })
    const ids = attacker.received.flatMap(({ control }) => control?.ihave.flatMap(entry => entry.ids) ?? [])
    const before = attacker.messages.length
    for (let i = 0; i < 200; i++) {
      attacker.say({ control: { iwant: Array.from({ length: 100 }, () => ids[0]!) } })
      await world.run({ ms: 10 })
    }
    expect(attacker.messages.length - before).toBe(3)
    expect(droppedBy(victim)['asked too often']).toBe(197)
    await expectService(world, victim, honest)
  })

  simulationTest('that grafts all the time is pruned, penalised, and in no mesh', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    attacker.say({ control: { prune: [{ topic: TOPIC, backoffSeconds: 3600, peers: [] }] } })
    for (let i = 0; i < 100; i++) {
      attacker.say({ control: { graft: [TOPIC, `made up ${i}`] } })
      await world.run({ ms: 10 })
    }
    expect(scoreOf(victim, attacker)).toBeLessThan(graylist)
    expect(victim.services.pubsub.getMeshPeers(TOPIC)).toEqual([honest.peerId.toString()])
    expect(attacker.pruned.every(({ topic }) => topic === TOPIC)).toBe(true)
    expect(attacker.pruned.length).toBeLessThan(15)
    await expectService(world, victim, honest)
  })

  simulationTest(
    'that sends invalid messages is scored by P4 and not listened to, and nothing is passed on',
    async ({ simulate }) => {
      const world = simulate()
      const { victim, honest, attacker } = await scene(world, { scoreParams: { topics: { [TOPIC]: {} } } })
      const from = victim.peerId.toMultihash().bytes
      for (let i = 0; i < 50; i++) {
        const seqno = new Uint8Array(8).fill(i)
        attacker.sendMessages(
          encodeMessage({ topic: TOPIC, data: fromUtf8('x'), from, seqno, signature: new Uint8Array(64) }).bytes
        )
        attacker.sendMessages(encodeMessage({ topic: TOPIC, data: fromUtf8('x') }).bytes)
        await world.run({ ms: 20 })
      }
      expect(droppedBy(victim).graylisted).toBeGreaterThan(50)
      expect(honest.services.pubsub.counters().received).toBe(0)
      await expectService(world, victim, honest)
      expectOutcast(victim, honest, attacker)
    }
  )

  simulationTest('that forges messages of others does not keep the right ones out', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world, { idontwantMinDataSize: 0 })
    await world.until(attacker.node.dial(honest.getMultiaddrs()))
    await say(honest, 'first')
    await world.run({ ms: 100 })
    const [first] = attacker.messages
    const forged = first!.slice()
    // The same author and number, another text.
    forged[forged.indexOf(0x66)] = 0x46
    const got = textsOf(victim)
    await world.run({ ms: 200_000 })
    attacker.sendMessages(forged)
    await world.run({ ms: 50 })
    attacker.sendMessages(first!)
    await world.run({ ms: 50 })
    expect(got).toEqual(['first'])
    expect(droppedBy(victim)['invalid signature']).toBe(1)
  })

  simulationTest('that joins everything is in a thousand topics at most', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    for (let i = 0; i < 4; i++) attacker.joins(...Array.from({ length: 1000 }, (_, j) => `topic ${i} ${j}`))
    attacker.joins('x'.repeat(2000))
    await world.run({ ms: 500 })
    const { peers } = victim.services.pubsub.inspect()
    expect(peers.find(({ peerId }) => peerId === attacker.name)!.topics).toHaveLength(MAX_TOPICS_PER_PEER)
    expect(droppedBy(victim)['subscription refused']).toBe(3002)
    for (let i = 0; i < 200; i++) {
      const subscribe = i % 2 === 0
      attacker.say({ subscriptions: [{ topic: TOPIC, subscribe }] })
    }
    await world.run({ ms: 500 })
    await expectService(world, victim, honest)
  })

  simulationTest('that comes and goes all the time costs little, and its topics end with it', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    const { pubsub } = victim.services
    const changes: unknown[] = []
    pubsub.addEventListener('subscription-change', ({ detail }) => changes.push(...detail.subscriptions))
    const before = pubsub.counters().sentBytes
    for (let i = 0; i < 20; i++) {
      const topics = Array.from({ length: 500 }, (_, j) => `topic ${i} ${j}`)
      for (const subscribe of [true, true, false]) {
        attacker.say({ subscriptions: topics.map(topic => ({ topic, subscribe })) })
      }
      await world.run({ ms: 100 })
    }
    // Said twice, it is news once.
    expect(changes).toHaveLength(20 * 500 * 2)
    expect(pubsub.inspect().peers.find(({ peerId }) => peerId === attacker.name)!.topics).toEqual([TOPIC])
    expect(pubsub.counters().sentBytes - before).toBeLessThan(1000)
    expect(pubsub.getTopics()).toEqual([TOPIC])
    await expectService(world, victim, honest)
  })

  simulationTest('that asks for what nobody has is answered nothing', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    const before = victim.services.pubsub.counters().sentBytes
    for (let i = 0; i < 50; i++) {
      attacker.say({ control: { iwant: Array.from({ length: 1000 }, (_, j) => `made up ${i} ${j}`) } })
    }
    await world.run({ ms: 500 })
    expect(droppedBy(victim)['not in cache']).toBe(50_000)
    expect(victim.services.pubsub.counters().sentBytes - before).toBeLessThan(1000)
    await expectService(world, victim, honest)
  })

  simulationTest('that does not want anything is heeded to a bound', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    for (let i = 0; i < 100; i++) {
      attacker.say({ control: { idontwant: Array.from({ length: 1000 }, (_, j) => `${i} ${j}`) } })
    }
    await world.run({ ms: 500 })
    expect(droppedBy(victim)['over allowance']).toBeGreaterThanOrEqual(80_000)
    await expectService(world, victim, honest)
  })

  simulationTest(
    'that takes nothing more makes so much wait and no more, and loses its stream',
    async ({ simulate }) => {
      const world = simulate()
      const { victim, honest, attacker } = await scene(world)
      attacker.isDeaf = true
      const got = textsOf(honest)
      const count = 2 * MAX_QUEUED_MESSAGES
      for (let i = 0; i < count; i++) {
        await victim.services.pubsub.publish(TOPIC, new Uint8Array(5000).fill(65))
        if (i % 100 === 99) await world.run({ ms: 20 })
      }
      const [queue] = victim.services.pubsub.queues().filter(({ peerId }) => peerId.toString() === attacker.name)
      expect(queue!.messages).toBe(MAX_QUEUED_MESSAGES)
      expect(droppedBy(victim)['queue full']).toBeGreaterThan(500)
      await world.run({ ms: 20 })
      expect(got).toHaveLength(count)
      await world.run({ ms: STALL_TIMEOUT_MS })
      expect(droppedBy(victim)['peer gone']).toBeGreaterThanOrEqual(MAX_QUEUED_MESSAGES)
      await expectService(world, victim, honest)
    }
  )

  simulationTest('that opens streams again and again has one', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker } = await scene(world)
    for (let i = 0; i < 20; i++) {
      await attacker.open(victim)
      attacker.joins(`topic ${i}`)
      await world.run({ ms: 20 })
    }
    const { peers } = victim.services.pubsub.inspect()
    expect(peers.find(({ peerId }) => peerId === attacker.name)!.topics).toEqual(['topic 19'])
    await expectService(world, victim, honest)
  })
})

/** Control with so many GRAFTs for nothing. */
function graft(count: number): Uint8Array {
  const bytes = new Uint8Array(2 * count)
  for (let i = 0; i < count; i++) bytes[2 * i] = 0x1a
  return bytes
}

import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import type { Effect, Partial } from '@ts-libp2p/pubsub'
import { simulationTest } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { GOSSIPSUB_1_2, GOSSIPSUB_1_3 } from '../src/core/protocols.ts'
import { partialMessages } from '../src/index.ts'
import { Core, message, peer, recipients, sent, TOPIC } from './core.ts'
import { joinAll, startStar } from './hosts.ts'

const handler = partialMessages({ onPartial() {} })
const WANTS = { topic: TOPIC, subscribe: true, requestsPartial: true }
const group = fromUtf8('group')

/** A router that exchanges parts in the topic, and peers that do so too. */
function partialCore(peers: number): Core {
  const core = new Core({ partialMessages: handler })
  core.router.setPartial(TOPIC, { requestsPartial: true, supportsSendingPartial: true })
  core.join()
  for (let n = 0; n < peers; n++) {
    core.up(n, { protocol: GOSSIPSUB_1_3 })
    first(core, n, true)
    core.say(n, [WANTS])
  }
  return core
}

function first(core: Core, n: number, partialMessages: boolean): readonly Effect[] {
  const control = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], extensions: { partialMessages } }
  return core.handle({ type: 'control', peer: peer(n), control, partial: undefined, isFirst: true })
}

function receive(core: Core, n: number, groupId: Uint8Array): readonly Effect[] {
  const partial: Partial = { topic: TOPIC, groupId, metadata: Uint8Array.of(1) }
  return core.handle({ type: 'control', peer: peer(n), control: undefined, partial, isFirst: false })
}

describe('extensions', () => {
  it('are announced in the first RPC to peers that speak 1.3, together with our topics', () => {
    const core = partialCore(0)
    const subscriptions = [{ topic: TOPIC, subscribe: true, requestsPartial: true, supportsSendingPartial: true }]
    const extensions = { partialMessages: true }
    expect(sent(core.up(0, { protocol: GOSSIPSUB_1_3 }))).toEqual([{ subscriptions, extensions }])
    expect(sent(core.up(1, { protocol: GOSSIPSUB_1_2 }))).toEqual([{ subscriptions, extensions: undefined }])
    expect(sent(new Core().up(0, { protocol: GOSSIPSUB_1_3 }))).toEqual([])
  })

  it('go with what we want of a topic: who requests parts can send them', () => {
    const core = new Core({ partialMessages: handler })
    core.router.setPartial(TOPIC, { requestsPartial: true, supportsSendingPartial: false })
    core.join()
    const said = sent(core.up(0, { protocol: GOSSIPSUB_1_3 })).flatMap(({ subscriptions }) => subscriptions ?? [])
    expect(said).toEqual([{ topic: TOPIC, subscribe: true, requestsPartial: true, supportsSendingPartial: true }])
  })

  it('announced again cost P7: they must be in the first RPC only', () => {
    const core = partialCore(1)
    const control = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], extensions: { partialMessages: true } }
    core.handle({ type: 'control', peer: peer(0), control, partial: undefined, isFirst: false })
    expect(core.router.state.scores.snapshot(peer(0))!.behaviourPenalty).toBe(10)
    core.handle({ type: 'inboundClosed', peer: peer(0) })
    first(core, 0, true)
    expect(core.router.state.scores.snapshot(peer(0))!.behaviourPenalty).toBe(10)
  })
})

describe('messages in parts', () => {
  it('go to peers that want parts, and whole messages do not', () => {
    const core = partialCore(2)
    core.up(9, { topics: [TOPIC] })
    expect(recipients(core.publish(message('1')))).toEqual([peer(9)])
    const effects = core.router.publishPartial(
      { topic: TOPIC, groupId: group },
      (states, requests) =>
        [...states.keys()].map(key => ({ peer: key, message: Uint8Array.of(requests(key) ? 1 : 0) })),
      core.now
    )
    expect(sent(effects)).toEqual(
      [0, 1].map(() => ({ partial: { topic: TOPIC, groupId: group, message: Uint8Array.of(1), metadata: undefined } }))
    )
  })

  it('carry only news of them to peers that do not want parts', () => {
    const core = partialCore(1)
    core.up(1, { protocol: GOSSIPSUB_1_3 })
    core.say(1, [{ topic: TOPIC, subscribe: true, supportsSendingPartial: true }])
    first(core, 1, true)
    const [, both] = [0, 1].map(n =>
      sent(
        core.router.publishPartial(
          { topic: TOPIC, groupId: group },
          () => [{ peer: peer(n), message: Uint8Array.of(1), metadata: Uint8Array.of(2) }],
          core.now
        )
      )
    )
    expect(both).toEqual([
      { partial: { topic: TOPIC, groupId: group, message: undefined, metadata: Uint8Array.of(2) } }
    ])
  })

  it('spare peers that send parts the word that we have the whole', () => {
    const core = partialCore(2)
    core.up(9, { protocol: GOSSIPSUB_1_2, topics: [TOPIC] })
    core.up(8, { protocol: GOSSIPSUB_1_2, topics: [TOPIC] })
    const effects = core.receive(9, message('1', { bytes: 5000 }))
    expect(effects.flatMap(effect => (effect.type === 'send' ? [effect.peer] : []))).toEqual([peer(8)])
  })

  it('of peers that did not announce the extension are not looked at', () => {
    const core = partialCore(1)
    core.up(1, { protocol: GOSSIPSUB_1_3 })
    first(core, 1, false)
    expect(receive(core, 1, group)).toEqual([])
    expect(receive(core, 0, group).map(({ type }) => type)).toEqual(['partial'])
    core.handle({ type: 'inboundClosed', peer: peer(0) })
    expect(receive(core, 0, group)).toEqual([])
  })

  it('are not looked at unless the application wants them', () => {
    const core = new Core()
    core.join()
    core.up(0, { protocol: GOSSIPSUB_1_3 })
    first(core, 0, true)
    expect(receive(core, 0, group)).toEqual([])
  })

  it('that nobody takes part in are forgotten at once', () => {
    const core = partialCore(1)
    receive(core, 0, group)
    core.beat()
    expect(core.router.state.partials!.groups.size).toBe(0)
  })

  it('that a peer began are offered to others once they are ours too', () => {
    const core = partialCore(9)
    const [effect] = receive(core, 0, group)
    if (effect?.type === 'partial') effect.peerStates.set(peer(0), 'has some')
    const offered = () => core.beat().filter(({ type }) => type === 'partialGossip').length
    expect(offered()).toBe(0)
    core.router.publishPartial({ topic: TOPIC, groupId: group }, () => [], core.now)
    expect(offered()).toBe(1)
    expect(core.router.state.partials!.groups.get(TOPIC)!.values().next().value!.peerStates.get(peer(0))).toBe(
      'has some'
    )
  })

  it('go to the fanout of a topic that we are not in, and what is done meanwhile is done for itself', () => {
    const core = partialCore(1)
    core.leave()
    let inner: readonly Effect[] = []
    const decide = (states: Map<string, unknown>) => {
      inner = core.publish(message('1', { topic: 'other' }))
      core.up(5, { topics: ['other'] })
      return [...states.keys()].map(key => ({ peer: key, message: Uint8Array.of(1) }))
    }
    const effects = core.router.publishPartial({ topic: TOPIC, groupId: group }, decide, core.now)
    expect([inner, effects.map(effect => effect.type === 'send' && effect.peer)]).toEqual([[], [peer(0)]])
  })

  it('are not for peers of the mesh that did not announce the extension', () => {
    const core = partialCore(1)
    core.up(1, { protocol: GOSSIPSUB_1_3 })
    first(core, 1, false)
    core.say(1, [WANTS])
    expect(core.mesh()).toContain(peer(1))
    let asked: string[] = []
    const decide = (states: Map<string, unknown>) => {
      asked = [...states.keys()]
      return []
    }
    core.router.publishPartial({ topic: TOPIC, groupId: group }, decide, core.now)
    expect(asked).toEqual([peer(0)])
  })

  it('of topics that we exchange none in are not kept', () => {
    const core = partialCore(1)
    core.join('plain')
    for (const topic of ['plain', 'unknown']) {
      const partial: Partial = { topic, groupId: group, message: Uint8Array.of(1) }
      expect(core.handle({ type: 'control', peer: peer(0), control: undefined, partial, isFirst: false })).toEqual([])
    }
    expect([...core.router.state.partials!.groups.keys()]).toEqual([])
  })

  it('do not stand in for messages to a peer that asks for them and did not announce the extension', () => {
    const core = partialCore(0)
    core.up(0, { protocol: GOSSIPSUB_1_3 })
    first(core, 0, false)
    core.say(0, [WANTS])
    expect(recipients(core.publish(message('1')))).toEqual([peer(0)])
  })

  it('are begun by a peer so often and no more', () => {
    const core = partialCore(40)
    const begun = Array.from({ length: 40 }, (_, n) => {
      return Array.from({ length: 10 }, (_, i) => receive(core, n, fromUtf8(`${n} ${i}`)).length).reduce(
        (a, b) => a + b
      )
    })
    expect(begun.slice(0, 31)).toEqual(Array.from({ length: 31 }, () => 8))
    expect(begun.reduce((a, b) => a + b)).toBe(255)
    expect(receive(core, 39, fromUtf8('0 0'))).toHaveLength(1)
  })

  it('are forgotten some heartbeats after they were published, and with their peers', () => {
    const core = partialCore(2)
    core.router.publishPartial({ topic: TOPIC, groupId: group }, () => [], core.now)
    const states = () => core.router.state.partials!.groups.get(TOPIC)?.values().next().value?.peerStates
    expect([...states()!.keys()]).toEqual([peer(0), peer(1)])
    core.down(1)
    expect([...states()!.keys()]).toEqual([peer(0)])
    for (let i = 0; i < 2; i++) {
      core.router.publishPartial({ topic: TOPIC, groupId: group }, () => [], core.now)
      core.beat(3)
      expect(states()).toBeDefined()
    }
    core.beat()
    expect(states()).toBeUndefined()
  })

  it('are forgotten of a peer that leaves the topic, or was never reached', () => {
    const core = partialCore(3)
    core.router.publishPartial({ topic: TOPIC, groupId: group }, () => [], core.now)
    const states = core.router.state.partials!.groups.get(TOPIC)!.values().next().value!.peerStates
    core.say(1, [{ topic: TOPIC, subscribe: false }])
    expect([...states.keys()]).toEqual([peer(0), peer(2)])
    // No stream leads to this one.
    first(core, 7, true)
    const [effect] = receive(core, 7, group) as [Effect & { type: 'partial' }]
    effect.peerStates.set(peer(7), 'a share')
    core.handle({ type: 'inboundClosed', peer: peer(7) })
    expect([...states.keys()]).toEqual([peer(0), peer(2)])
  })

  it('are offered to peers outside the mesh', () => {
    const core = partialCore(9)
    core.router.publishPartial({ topic: TOPIC, groupId: group }, () => [], core.now)
    const offered = core.beat().flatMap(effect => (effect.type === 'partialGossip' ? effect.peers : []))
    const outside = Array.from({ length: 9 }, (_, n) => peer(n)).filter(key => !core.mesh().includes(key))
    expect(offered.toSorted()).toEqual(outside.toSorted())
    expect(core.beat().filter(({ type }) => type === 'partialGossip')).toEqual([])
    core.publish(message('1'))
    expect(sent(core.beat()).filter(({ control }) => control?.ihave !== undefined)).toEqual([])
  })

  simulationTest('take an application', async ({ simulate }) => {
    const [node] = await startStar(simulate(), [{}])
    const { pubsub } = node!.services
    const needsOption = /takes the option `partialMessages`/
    expect(() => pubsub.subscribe(TOPIC, { requestsPartial: true, supportsSendingPartial: true })).toThrow(needsOption)
    expect(() => pubsub.publishPartial(TOPIC, group, () => [])).toThrow(needsOption)
    expect(pubsub.getTopics()).toEqual([])
  })

  simulationTest('reach an application that puts them together', async ({ simulate }) => {
    const world = simulate()
    const got: string[] = []
    const completing = partialMessages({
      onPartial(from, { message: part, metadata }, peerStates) {
        peerStates.set(from, metadata)
        if (part !== undefined) got.push(toUtf8(part))
      }
    })
    const nodes = await startStar(world, [{ partialMessages: completing }, { partialMessages: completing }])
    for (const { services } of nodes) {
      services.pubsub.subscribe(TOPIC, { requestsPartial: true, supportsSendingPartial: true })
    }
    await joinAll(world, nodes)
    await world.run({ ms: 1000 })
    nodes[0]!.services.pubsub.publishPartial(TOPIC, group, states => {
      return [...states.keys()].map(key => ({ peer: key, message: fromUtf8('half'), metadata: Uint8Array.of(1) }))
    })
    await world.run({ ms: 100 })
    expect(got).toEqual(['half'])
  })
})

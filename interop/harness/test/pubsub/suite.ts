import { GOSSIPSUB_1_1, GOSSIPSUB_1_2, type GossipsubOptions, StrictNoSign, StrictSign } from '@ts-libp2p/gossipsub'
import { generateKeyPair } from '@ts-libp2p/libp2p'
import type { Message, Prune } from '@ts-libp2p/pubsub'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PubsubSettings, type RemotePeer, textBytes } from '../../src/index.ts'
import { START_TIMEOUT_MS } from '../conversation.ts'
import {
  eventually,
  haveMesh,
  haveTexts,
  knowEachOther,
  type Member,
  type OurMember,
  type OurOptions,
  ours,
  TheirMember
} from './members.ts'

/** What a gossipsub is, and what has to be seen of it. */
export interface PubsubPeer {
  start(options: { pubsub: Partial<PubsubSettings>; seed?: number }): Promise<RemotePeer>
  /** What it speaks, best first. */
  versions: readonly string[]
  /** Message ids as it has them. */
  ids: NonNullable<GossipsubOptions['msgIdFn']>
  /** Whether it offers others with their signed records, and dials those offered with them. Default true. */
  exchangesRecords?: boolean
}

const KIB = 1024
export const CASE_TIMEOUT_MS = 120_000

/** Every test has a topic of its own: they share the other peer. */
let topics = 0
export const newTopic = (): string => `topic ${topics++}`

/** A node of ours that speaks one version alone. */
const speaking = (version: string): OurOptions => ({ protocols: [version], fallbackToFloodsub: false })

/** `ids: 'text'` of the other peers. */
export const textIds = ({ data }: Message): Uint8Array => textBytes(data)

/** No mesh on our side: what is ours gets out, and what is theirs comes in, by gossip alone. */
export const NO_MESH = { D: 0, Dlo: 0, Dhi: 0, Dout: 0, Dscore: 0 }

/** The cases of one peer of another implementation and nodes of ours, inside a `describe`. */
export function pubsubSuite(peer: PubsubPeer): void {
  const exchangesRecords = peer.exchangesRecords ?? true

  async function theirs(pubsub: Partial<PubsubSettings> = {}, seed?: number): Promise<TheirMember> {
    return new TheirMember(await peer.start({ pubsub, ...(seed === undefined ? {} : { seed }) }))
  }

  describe.each([
    ['signed', { signed: true, ids: 'own', doPX: true }, { globalSignaturePolicy: StrictSign, msgIdFn: peer.ids }],
    ['unsigned', { signed: false, ids: 'text' }, { globalSignaturePolicy: StrictNoSign, msgIdFn: textIds }]
  ] as const)('%s', (_, settings, options) => {
    let hub: TheirMember

    beforeAll(async () => {
      hub = await theirs(settings)
    }, START_TIMEOUT_MS)

    afterAll(async () => {
      await hub[Symbol.asyncDispose]()
    })

    it('passes on what nodes of ours say that speak each version, and floodsub', {
      timeout: CASE_TIMEOUT_MS
    }, async () => {
      const topic = newTopic()
      await using nodes = await several([
        ...peer.versions.map(version => ours({ ...options, ...speaking(version) })),
        ours(options),
        ours({ ...options, floods: true })
      ])
      const everybody = [hub, ...nodes.all]
      await meet(topic, hub, nodes.all)
      for (const [i, member] of everybody.entries()) await member.publish(topic, `${topic} from ${i}`)
      await haveTexts(topic, everybody, of =>
        everybody.flatMap((from, i) => (of === from ? [] : [`${topic} from ${i}`]))
      )
      expect(nodes.all.map(outboundProtocol)).toEqual([...peer.versions, peer.versions[0], '/floodsub/1.0.0'])
    })

    it.each([KIB, 64 * KIB, KIB * KIB])(
      'carries messages of %i bytes both ways',
      { timeout: CASE_TIMEOUT_MS },
      async bytes => {
        const topic = newTopic()
        await using us = await ours(options)
        await meet(topic, hub, [us])
        await us.publish(topic, `${topic} ours`, bytes)
        await hub.publish(topic, `${topic} theirs`, bytes)
        await eventually(async () => {
          expect(await hub.messages(topic)).toEqual([{ text: `${topic} ours`, bytes }])
          expect(await us.messages(topic)).toEqual([{ text: `${topic} theirs`, bytes }])
        })
      }
    )

    it('gets what is published right after subscribing and dialling', { timeout: CASE_TIMEOUT_MS }, async () => {
      const topic = newTopic()
      await hub.subscribe(topic)
      await using us = await ours(options)
      await us.subscribe(topic)
      await us.dial(hub)
      await us.publish(topic, `${topic} at once`)
      await haveTexts(topic, [hub], () => [`${topic} at once`])
      await eventually(async () => expect(await hub.subscribers(topic)).toEqual([us.peerId]))
      await hub.publish(topic, `${topic} and back`)
      await haveTexts(topic, [us], () => [`${topic} and back`])
    })

    it('says something as soon as it subscribes, and is heard', { timeout: CASE_TIMEOUT_MS }, async () => {
      const topic = newTopic()
      await using us = await ours(options)
      await us.subscribe(topic)
      await us.dial(hub)
      await eventually(async () => expect(await hub.subscribers(topic)).toEqual([us.peerId]))
      await hub.subscribe(topic)
      await hub.publish(topic, `${topic} at once`)
      await haveTexts(topic, [us], () => [`${topic} at once`])
    })

    if (!settings.signed) return

    describe('proven from the trace', () => {
      it('what the mesh does not bring comes by IHAVE and IWANT, both ways', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        await using outside = await ours({ ...options, ...NO_MESH })
        await using inside = await ours(options)
        for (const node of [hub, outside, inside]) await node.subscribe(topic)
        await hub.dial(outside)
        await inside.dial(hub)
        await haveMesh(
          topic,
          new Map<Member, Member[]>([
            [inside, [hub]],
            [outside, []],
            [hub, [inside]]
          ])
        )
        await knowEachOther(
          topic,
          new Map<Member, Member[]>([
            [hub, [inside, outside]],
            [outside, [hub]]
          ])
        )

        await outside.publish(topic, `${topic} from outside`)
        await haveTexts(topic, [hub, inside], () => [`${topic} from outside`])
        const ourId = outside.publishedId(0)
        expect(ids(outside, 'sendRpc', hub, 'ihave')).toContain(ourId)
        expect(ids(outside, 'recvRpc', hub, 'iwant')).toContain(ourId)

        await inside.publish(topic, `${topic} from inside`)
        await haveTexts(topic, [outside], () => [`${topic} from inside`])
        const theirId = inside.publishedId(0)
        expect(ids(outside, 'recvRpc', hub, 'ihave')).toContain(theirId)
        expect(ids(outside, 'sendRpc', hub, 'iwant')).toContain(theirId)
      })

      it('tells us that it has a large message', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        await using author = await ours(options)
        await using other = await ours({ ...options, ...speaking(GOSSIPSUB_1_2) })
        await using old = await ours({ ...options, ...speaking(GOSSIPSUB_1_1) })
        await meet(topic, hub, [author, other, old])
        await author.publish(topic, `${topic} large`, 8 * KIB)
        await haveTexts(topic, [hub, other, old], () => [`${topic} large`])
        expect(ids(other, 'recvRpc', hub, 'idontwant')).toContain(author.publishedId(0))
        expect(ids(old, 'recvRpc', hub, 'idontwant')).toEqual([])
      })

      it('does not send us what we say that we have', { timeout: CASE_TIMEOUT_MS }, async () => {
        let tookMs: number
        do tookMs = await withoutCopy(hub, options)
        while (tookMs > IDONTWANT_MEMORY_MS)
      })

      it('leaves us alone when we leave, for as long as we say', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        await using us = await ours(options)
        await meet(topic, hub, [us])
        await us.unsubscribe(topic)
        await us.subscribe(topic)
        await eventually(async () => expect(prunes(us, 'sendRpc', hub)).toMatchObject([{ topic, backoffSeconds: 1 }]))
        await haveMesh(
          topic,
          new Map<Member, Member[]>([
            [us, [hub]],
            [hub, [us]]
          ])
        )
        expect(graftedAgainAfterMs(us, topic)).toBeGreaterThanOrEqual(1000)
        await hub.publish(topic, `${topic} again`)
        await haveTexts(topic, [us], () => [`${topic} again`])
      })

      it('is left alone when it leaves, for as long as it says', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        await using us = await ours(options)
        await meet(topic, hub, [us])
        await hub.unsubscribe(topic)
        await eventually(async () => expect(await us.mesh(topic)).toEqual([]))
        await hub.subscribe(topic)
        await haveMesh(
          topic,
          new Map<Member, Member[]>([
            [us, [hub]],
            [hub, [us]]
          ])
        )
        expect(prunes(us, 'recvRpc', hub)).toMatchObject([{ topic, backoffSeconds: 1 }])
        expect(graftedAgainAfterMs(us, topic)).toBeGreaterThanOrEqual(1000)
        await us.publish(topic, `${topic} again`)
        await haveTexts(topic, [hub], () => [`${topic} again`])
      })
    })

    describe('peer exchange', () => {
      it('we dial whom it offers', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        await using trusting = await ours({ ...options, scoreThresholds: { acceptPXThreshold: 0 } })
        await using other = await ours(options)
        await meet(topic, hub, [trusting, other])
        await hub.unsubscribe(topic)
        await eventually(() => expect(prunes(trusting, 'recvRpc', hub)).toHaveLength(1))
        const [offer] = prunes(trusting, 'recvRpc', hub).flatMap(prune => prune.peers)
        expect(offer?.signedPeerRecord !== undefined).toBe(exchangesRecords)
        if (exchangesRecords)
          await knowEachOther(
            topic,
            new Map<Member, Member[]>([
              [trusting, [other]],
              [other, [trusting]]
            ])
          )
      })

      it('it dials whom we offer', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        await using us = await ours({ ...options, doPX: true })
        await using other = await ours({ ...options, scoreThresholds: { acceptPXThreshold: 1000 } })
        await meet(topic, us, [hub, other])
        await us.unsubscribe(topic)
        const [offer] = await offered(us, hub)
        expect(offer?.signedPeerRecord).toBeDefined()
        if (exchangesRecords)
          await knowEachOther(
            topic,
            new Map<Member, Member[]>([
              [hub, [other]],
              [other, [hub]]
            ])
          )
      })
    })

    describe('after a crash', () => {
      it('of theirs', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        await using us = await ours(options)
        await using before = await theirs({}, 7)
        await meet(topic, us, [before])
        before.remote.kill()
        await eventually(async () => expect(await us.subscribers(topic)).toEqual([]))
        await using after = await theirs({}, 7)
        expect(after.peerId).toBe(before.peerId)
        await after.subscribe(topic)
        await us.dial(after)
        await bothWays(topic, us, after)
      })

      it('of ours', { timeout: CASE_TIMEOUT_MS }, async () => {
        const topic = newTopic()
        const privateKey = await generateKeyPair('Ed25519')
        const before = await ours({ ...options, privateKey })
        await meet(topic, hub, [before])
        await before[Symbol.asyncDispose]()
        await eventually(async () => expect(await hub.subscribers(topic)).toEqual([]))
        await using after = await ours({ ...options, privateKey })
        expect(after.peerId).toBe(before.peerId)
        await after.subscribe(topic)
        await after.dial(hub)
        await bothWays(topic, after, hub)
      })
    })
  })
}

/** For so long everybody remembers what others do not want: rust-libp2p for 3 s, others longer here. */
const IDONTWANT_MEMORY_MS = 2500

/**
 * One node of ours has a message and says so to theirs, but passes it on to nobody. Then theirs gets it from somebody
 * else, and passes it on: to those who could not say so, and not to ours. Returns how long theirs had to remember.
 */
async function withoutCopy(hub: TheirMember, options: OurOptions): Promise<number> {
  const topic = newTopic()
  await using author = await ours(options)
  await using has = await ours({ ...options, ...speaking(GOSSIPSUB_1_2) })
  await using old = await ours({ ...options, ...speaking(GOSSIPSUB_1_1) })
  await meet(topic, hub, [has, old])
  let judge = (_: 'accept'): void => {}
  const judged = new Promise<'accept'>(resolve => {
    judge = resolve
  })
  has.pubsub.topicValidators.set(topic, () => judged)
  await author.subscribe(topic)
  await author.dial(has)
  await eventually(async () => expect(await author.mesh(topic)).toEqual([has.peerId]))

  const startedAt = performance.now()
  await author.publish(topic, `${topic} large`, 8 * KIB)
  const id = author.publishedId(0)
  await eventually(() => expect(ids(has, 'sendRpc', hub, 'idontwant')).toContain(id))
  // What is said next arrives after it.
  await has.subscribe(`${topic} too`)
  await eventually(async () => expect(await hub.subscribers(`${topic} too`)).toEqual([has.peerId]))
  await author.dial(hub)
  await haveTexts(topic, [hub, old], () => [`${topic} large`])
  const tookMs = performance.now() - startedAt
  judge('accept')
  await hub.publish(topic, `${topic} last`)
  await haveTexts(topic, [has, old], () => [`${topic} large`, `${topic} last`])
  if (tookMs <= IDONTWANT_MEMORY_MS) expect([copies(has, hub, id), copies(old, hub, id)]).toEqual([0, 1])
  return tookMs
}

/** So many nodes, all of which are stopped. */
async function several(starting: Promise<OurMember>[]): Promise<AsyncDisposable & { all: OurMember[] }> {
  const all = await Promise.all(starting)
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(node => node[Symbol.asyncDispose]()))
    }
  }
}

/** All join a topic, and are connected to one of them; resolves once they are in its mesh, as far as they know of meshes. */
export async function meet(topic: string, hub: Member, others: readonly Member[]): Promise<void> {
  for (const member of [hub, ...others]) await member.subscribe(topic)
  await gather(topic, hub, others)
}

/** The same where they have joined it. */
export async function gather(topic: string, hub: Member, others: readonly Member[]): Promise<void> {
  const neighbours = new Map([[hub, [...others]], ...others.map(other => [other, [hub]] as [Member, Member[]])])
  // Again where it was lost: a peer that says nothing for 10 s is given up, and a busy machine may stand still for as long.
  await eventually(async () => {
    for (const other of others) await other.dial(hub)
    for (const other of others) expect(await other.subscribers(topic)).toEqual([hub.peerId])
  })
  await knowEachOther(topic, neighbours)
  const meshed = others.filter(other => !('pubsub' in other) || 'getMeshPeers' in (other as OurMember).pubsub)
  await haveMesh(topic, new Map([[hub, meshed], ...meshed.map(other => [other, [hub]] as [Member, Member[]])]))
}

async function bothWays(topic: string, us: Member, them: Member): Promise<void> {
  await eventually(async () => expect(await us.subscribers(topic)).toEqual([them.peerId]))
  await eventually(async () => expect(await them.subscribers(topic)).toEqual([us.peerId]))
  await us.publish(topic, `${topic} ours`)
  await them.publish(topic, `${topic} theirs`)
  await haveTexts(topic, [us], () => [`${topic} theirs`])
  await haveTexts(topic, [them], () => [`${topic} ours`])
}

/** What a node of ours speaks with its only peer. */
function outboundProtocol({ node }: OurMember): string | undefined {
  const [connection] = node.getConnections()
  const sends = connection?.streams.find(
    ({ protocol, direction }) => direction === 'outbound' && /sub\//.test(protocol)
  )
  return sends?.protocol
}

type IdKind = 'ihave' | 'iwant' | 'idontwant'

function ids(node: OurMember, type: 'sendRpc' | 'recvRpc', peer: Member, kind: IdKind): string[] {
  return node.rpcs(type, peer).flatMap(({ control }) => {
    if (control === undefined) return []
    return kind === 'ihave' ? control.ihave.flatMap(ihave => ihave.ids) : control[kind]
  })
}

function prunes(node: OurMember, type: 'sendRpc' | 'recvRpc', peer: Member): Prune[] {
  return node.rpcs(type, peer).flatMap(({ control }) => control?.prune ?? [])
}

async function offered(node: OurMember, peer: Member): Promise<Prune['peers']> {
  await eventually(() => expect(prunes(node, 'sendRpc', peer)).toHaveLength(1))
  return prunes(node, 'sendRpc', peer).flatMap(prune => prune.peers)
}

/** How often a peer has sent us a message. */
function copies(node: OurMember, peer: Member, id: string): number {
  return node.rpcs('recvRpc', peer).flatMap(({ messages }) => messages.filter(message => message.id === id)).length
}

/** Between leaving the mesh and the next time that somebody came to it. */
function graftedAgainAfterMs({ trace }: OurMember, topic: string): number {
  const changes = trace.filter(event => (event.type === 'prune' || event.type === 'graft') && event.topic === topic)
  const pruned = changes.findIndex(({ type }) => type === 'prune')
  const next = changes.slice(pruned).find(({ type }) => type === 'graft')
  return (next?.at ?? Number.NaN) - (changes[pruned]?.at ?? Number.NaN)
}

import { type Gossipsub, partialMessages, StrictNoSign } from '@ts-libp2p/gossipsub'
import type { Partial as Part } from '@ts-libp2p/pubsub'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartialWish, PubsubSettings, RemotePeer } from '../../src/index.ts'
import { groupBytes, PartedMessage, PartedMessages } from '../../src/parts.ts'
import { START_TIMEOUT_MS } from '../conversation.ts'
import { eventually, FLAGS, haveTexts, type OurMember, type OurOptions, ours, TheirMember } from './members.ts'
import { CASE_TIMEOUT_MS, gather, newTopic, textIds } from './suite.ts'

/** A gossipsub that exchanges messages in parts, and what has to be seen of it. */
export interface PartialPeer {
  start(options: { pubsub: Partial<PubsubSettings> }): Promise<RemotePeer>
  /** Whether those who do not request parts get none. Default true. */
  omitsUnrequested?: boolean
  /** Whether those who request parts get others' messages whole where it does not support parts. Default true. */
  passesOnWhole?: boolean
}

const GROUP = 7
const ALL = 0xff
const EVEN = 0b0101_0101
const ODD = 0b1010_1010
/** Longer than anybody remembers whom it told of a message: 5 heartbeats. */
const TELL_AGAIN_MS = 1000

const OPTIONS = { globalSignaturePolicy: StrictNoSign, msgIdFn: textIds } as const

/** The cases of messages in parts between a peer of another implementation and nodes of ours, inside a `describe`. */
export function partialSuite(peer: PartialPeer): void {
  const { omitsUnrequested = true, passesOnWhole = true } = peer

  describe('messages in parts', () => {
    let hub: TheirMember

    beforeAll(async () => {
      hub = new TheirMember(await peer.start({ pubsub: { signed: false, ids: 'text', partial: true } }))
    }, START_TIMEOUT_MS)

    afterAll(async () => {
      await hub[Symbol.asyncDispose]()
    })

    /** A node of ours, and the other peer, in a topic: each has every second part of a message. */
    async function halves(topic: string, wishes: { ours: PartialWish; theirs: PartialWish }): Promise<PartedNode> {
      const us = await PartedNode.start(OPTIONS)
      await us.member.subscribe(topic, wishes.ours)
      await hub.subscribe(topic, wishes.theirs)
      await gather(topic, hub, [us.member])
      us.message(topic).fill(GROUP, EVEN)
      await hub.remote.call('addParts', { topic, group: GROUP, parts: ODD })
      return us
    }

    it('are completed by each with what the other has', { timeout: CASE_TIMEOUT_MS }, async () => {
      const topic = newTopic()
      await using us = await halves(topic, { ours: 'requests', theirs: 'requests' })
      await us.tellUntil(topic, async () => {
        expect(us.message(topic).has).toBe(ALL)
        expect((await theirParts(hub, topic)).parts).toBe(ALL)
      })
      expect(us.message(topic).encodeFor(0)).toEqual(whole().encodeFor(0))
      // What each has said that it has, first and last.
      expect((await theirParts(hub, topic)).heard[0]).toBe('55')
      expect(us.heard[0]?.metadata).toEqual(Uint8Array.of(ODD))
      await eventually(() => expect(us.heard.at(-1)?.metadata).toEqual(Uint8Array.of(ALL)))
    })

    it('come to who requests them, and only news of ours go to who does not', {
      timeout: CASE_TIMEOUT_MS
    }, async () => {
      const topic = newTopic()
      await using us = await halves(topic, { ours: 'requests', theirs: 'supports' })
      await us.tellUntil(topic, () => expect(us.message(topic).has).toBe(ALL))
      expect(us.message(topic).encodeFor(0)).toEqual(whole().encodeFor(0))
      expect((await theirParts(hub, topic)).heard[0]).toBe('55')
      // It gets messages whole. Parts that were sent before this one would have come before it.
      await us.member.publish(topic, `${topic} whole`)
      await haveTexts(topic, [hub], () => [`${topic} whole`])
      expect(await theirParts(hub, topic)).toMatchObject({ parts: ODD })
    })

    it('go to who requests them, and only news of theirs come to who does not', {
      timeout: CASE_TIMEOUT_MS
    }, async () => {
      const topic = newTopic()
      await using us = await halves(topic, { ours: 'supports', theirs: 'requests' })
      await us.tellUntil(topic, async () => expect((await theirParts(hub, topic)).parts).toBe(ALL))
      await us.tellUntil(topic, () => expect(us.heard.map(({ metadata }) => metadata?.[0])).toContain(ALL))
      await hub.publish(topic, `${topic} whole`)
      await haveTexts(topic, [us.member], () => [`${topic} whole`])
      if (omitsUnrequested) expect(us.heard.filter(({ message }) => message !== undefined)).toEqual([])
    })

    it.each([
      ['requests them', 'requests'],
      ['supports them', 'supports'],
      ['does neither', undefined]
    ] as const)('are announced by who %s', { timeout: CASE_TIMEOUT_MS }, async (_, wish) => {
      const [before, after] = [newTopic(), newTopic()]
      await using us = await ours(OPTIONS)
      await hub.subscribe(before, wish)
      await us.dial(hub)
      await hub.subscribe(after, wish)
      const flags = wish === undefined ? { requestsPartial: false, supportsSendingPartial: false } : FLAGS[wish]
      for (const topic of [before, after]) {
        await eventually(() => expect(saidOf(topic, us, hub)).toEqual([{ topic, subscribe: true, ...flags }]))
      }
    })

    it('are not what comes where it does not support them', { timeout: CASE_TIMEOUT_MS }, async () => {
      const topic = newTopic()
      await using us = await PartedNode.start(OPTIONS)
      await using other = await ours(OPTIONS)
      await us.member.subscribe(topic, 'requests')
      for (const member of [hub, other]) await member.subscribe(topic)
      await gather(topic, hub, [us.member, other])

      await us.member.publish(topic, `${topic} ours`)
      await haveTexts(topic, [hub, other], () => [`${topic} ours`])
      await other.publish(topic, `${topic} another's`)
      await haveTexts(topic, [hub], () => [`${topic} ours`, `${topic} another's`])
      await hub.publish(topic, `${topic} theirs`)
      await haveTexts(topic, [us.member], () => [...(passesOnWhole ? [`${topic} another's`] : []), `${topic} theirs`])
    })
  })
}

/** A node of ours with an application that completes messages. */
class PartedNode implements AsyncDisposable {
  /** What came. */
  readonly heard: Part[] = []
  private readonly parted = new PartedMessages()
  private started: OurMember | undefined

  static async start(options: OurOptions): Promise<PartedNode> {
    const node = new PartedNode()
    node.started = await ours({
      ...options,
      partialMessages: partialMessages({
        onPartial(from, partial, states) {
          node.heard.push(partial)
          node.parted.receive(node.pubsub, from, partial, states)
        }
      })
    })
    return node
  }

  get member(): OurMember {
    return this.started as OurMember
  }

  private get pubsub(): Gossipsub {
    return this.member.pubsub as Gossipsub
  }

  message(topic: string): PartedMessage {
    return this.parted.of(topic, groupBytes(GROUP))
  }

  /** Tells its peers what it has, again and again: those that took long forgot what they were told. */
  async tellUntil(topic: string, check: () => void | Promise<void>): Promise<void> {
    let toldAt = Number.NEGATIVE_INFINITY
    await eventually(async () => {
      if (performance.now() - toldAt > TELL_AGAIN_MS) {
        toldAt = performance.now()
        this.parted.send(this.pubsub, topic, this.message(topic))
      }
      await check()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.member[Symbol.asyncDispose]()
  }
}

/** What the other peer has, and what it was told, in hex. */
async function theirParts({ remote }: TheirMember, topic: string): Promise<{ parts: number; heard: string[] }> {
  return (await remote.call('parts', { topic, group: GROUP })) as { parts: number; heard: string[] }
}

function whole(): PartedMessage {
  const message = new PartedMessage(groupBytes(GROUP))
  message.fill(GROUP, ALL)
  return message
}

function saidOf(topic: string, node: OurMember, peer: TheirMember): unknown[] {
  return node.rpcs('recvRpc', peer).flatMap(rpc => rpc.subscriptions.filter(each => each.topic === topic))
}

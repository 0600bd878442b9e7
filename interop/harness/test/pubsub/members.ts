import type { FloodsubOptions } from '@ts-libp2p/floodsub'
import { floodsub } from '@ts-libp2p/floodsub'
import { type Gossipsub, type GossipsubOptions, gossipsub } from '@ts-libp2p/gossipsub'
import type { PrivateKey } from '@ts-libp2p/interface'
import { createLibp2p, type Libp2p, multiaddr } from '@ts-libp2p/libp2p'
import type { Pubsub, RpcSummary, TraceEvent, Tracer } from '@ts-libp2p/pubsub'
import { tcp } from '@ts-libp2p/transport-tcp'
import { expect, vi } from 'vitest'
import {
  type PartialWish,
  PUBSUB_DEFAULTS,
  type ReceivedText,
  type RemotePeer,
  readText,
  writeText
} from '../../src/index.ts'

/** A node that takes part in a topic, ours or theirs. */
export interface Member extends AsyncDisposable {
  readonly peerId: string
  readonly address: string
  dial(other: Member): Promise<void>
  subscribe(topic: string, partial?: PartialWish): Promise<void>
  unsubscribe(topic: string): Promise<void>
  /** A text, with dots behind it up to so many bytes. */
  publish(topic: string, text: string, bytes?: number): Promise<void>
  /** What has come, copies included if the implementation lets any through. */
  messages(topic: string): Promise<ReceivedText[]>
  subscribers(topic: string): Promise<string[]>
  mesh(topic: string): Promise<string[]>
}

/** Peers meet after a while, longer on a busy machine. */
export const eventually = (check: () => void | Promise<void>): Promise<void> => {
  return vi.waitFor(check, { timeout: 45_000, interval: 20 })
}

/** How a wish is announced. */
export const FLAGS = {
  requests: { requestsPartial: true, supportsSendingPartial: true },
  supports: { requestsPartial: false, supportsSendingPartial: true }
} as const

export type Traced = TraceEvent & { readonly at: number }

export interface OurOptions extends GossipsubOptions {
  /** Floodsub instead of gossipsub. */
  readonly floods?: boolean
  readonly privateKey?: PrivateKey
}

/** A node of ours with the settings that the other peers have. */
export async function ours({ floods = false, privateKey, ...options }: OurOptions = {}): Promise<OurMember> {
  const trace: Traced[] = []
  const tracer: Tracer = { trace: (event, at) => trace.push({ ...event, at }) }
  const settings: GossipsubOptions & FloodsubOptions = {
    ...{ tracer, maxMessageSize: PUBSUB_DEFAULTS.maxMessageBytes, floodPublish: false },
    ...{ heartbeatInterval: PUBSUB_DEFAULTS.heartbeatMs, unsubscribeBackoff: PUBSUB_DEFAULTS.unsubscribeBackoffMs },
    ...{ mcacheLength: PUBSUB_DEFAULTS.historyHeartbeats, mcacheGossip: PUBSUB_DEFAULTS.historyHeartbeats },
    // What was promised may come late from a busy machine.
    gossipsubIWantFollowupMs: 60_000,
    ...options
  }
  const node = await createLibp2p({
    ...(privateKey === undefined ? {} : { privateKey }),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    services: { pubsub: floods ? floodsub(settings) : gossipsub(settings) }
  })
  return new OurMember(node, node.services.pubsub, trace)
}

export class OurMember implements Member {
  readonly node: Libp2p
  readonly pubsub: Pubsub
  readonly trace: Traced[]
  readonly peerId: string
  readonly address: string
  private readonly received = new Map<string, ReceivedText[]>()

  constructor(node: Libp2p, pubsub: Pubsub, trace: Traced[]) {
    this.node = node
    this.pubsub = pubsub
    this.trace = trace
    this.peerId = node.peerId.toString()
    this.address = String(node.getMultiaddrs()[0])
    pubsub.addEventListener('message', ({ detail }) => {
      const before = this.received.get(detail.topic) ?? []
      this.received.set(detail.topic, [...before, readText(detail.data)])
    })
  }

  async dial(other: Member): Promise<void> {
    await this.node.dial(multiaddr(other.address))
  }

  async subscribe(topic: string, partial?: PartialWish): Promise<void> {
    if (partial === undefined) this.pubsub.subscribe(topic)
    else (this.pubsub as Gossipsub).subscribe(topic, FLAGS[partial])
  }

  async unsubscribe(topic: string): Promise<void> {
    this.pubsub.unsubscribe(topic)
  }

  async publish(topic: string, text: string, bytes = 0): Promise<void> {
    await this.pubsub.publish(topic, writeText(text, bytes))
  }

  async messages(topic: string): Promise<ReceivedText[]> {
    return this.received.get(topic) ?? []
  }

  async subscribers(topic: string): Promise<string[]> {
    return this.pubsub.getSubscribers(topic).map(String)
  }

  async mesh(topic: string): Promise<string[]> {
    return 'getMeshPeers' in this.pubsub ? (this.pubsub as Gossipsub).getMeshPeers(topic) : []
  }

  /** What was said to a peer, or by it. */
  rpcs(type: 'sendRpc' | 'recvRpc', peer: Member): RpcSummary[] {
    return this.trace.flatMap(event => (event.type === type && event.peer === peer.peerId ? [event.rpc] : []))
  }

  /** The id of what we published with this text, which was the nth. */
  publishedId(nth: number): string {
    const published = this.trace.filter(event => event.type === 'publishMessage')
    return (published[nth] as TraceEvent & { type: 'publishMessage' }).message.id
  }

  /** At once: a connection's `close` would wait for the streams that the other side keeps open. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.node.getConnections()) connection.abort(new Error('the test is over'))
    await this.node.stop()
  }
}

/** A peer of another implementation. */
export class TheirMember implements Member {
  readonly remote: RemotePeer

  constructor(remote: RemotePeer) {
    this.remote = remote
  }

  get peerId(): string {
    return this.remote.peerId
  }

  get address(): string {
    return this.remote.address('tcp')
  }

  async dial(other: Member): Promise<void> {
    await this.remote.call('dial', { addr: other.address })
  }

  async subscribe(topic: string, partial?: PartialWish): Promise<void> {
    await this.remote.call('subscribe', { topic, partial })
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.remote.call('unsubscribe', { topic })
  }

  async publish(topic: string, text: string, bytes = 0): Promise<void> {
    await this.remote.call('publish', { topic, text, bytes })
  }

  async messages(topic: string): Promise<ReceivedText[]> {
    const { messages } = (await this.remote.call('messages', { topic })) as { messages: ReceivedText[] }
    return messages.map(({ text, bytes }) => ({ text, bytes }))
  }

  async subscribers(topic: string): Promise<string[]> {
    return (await this.remote.call('topicPeers', { topic })).subscribers as string[]
  }

  async mesh(topic: string): Promise<string[]> {
    return (await this.remote.call('topicPeers', { topic })).mesh as string[]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remote[Symbol.asyncDispose]()
  }
}

/** Waits until each knows exactly these others in the topic. */
export async function knowEachOther(topic: string, neighbours: Map<Member, Member[]>): Promise<void> {
  for (const [member, others] of neighbours) {
    await eventually(async () => {
      expect((await member.subscribers(topic)).sort()).toEqual(others.map(other => other.peerId).sort())
    })
  }
}

/** Waits until each has these others in its mesh. */
export async function haveMesh(topic: string, neighbours: Map<Member, Member[]>): Promise<void> {
  for (const [member, others] of neighbours) {
    await eventually(async () => {
      expect((await member.mesh(topic)).sort()).toEqual(others.map(other => other.peerId).sort())
    })
  }
}

/** Waits until each has these texts, in any order, and none of them twice. */
export async function haveTexts(
  topic: string,
  members: readonly Member[],
  texts: (of: Member) => string[]
): Promise<void> {
  for (const member of members) {
    await eventually(async () => {
      expect((await member.messages(topic)).map(({ text }) => text).sort()).toEqual(texts(member).sort())
    })
  }
}

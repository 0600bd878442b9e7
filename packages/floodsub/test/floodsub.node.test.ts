import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { describe, expect, it, vi } from 'vitest'
import { type FloodsubOptions, floodsub } from '../src/index.ts'

const LOCAL = { addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } }
const startNode = (options?: FloodsubOptions) => createLibp2p({ ...LOCAL, services: { pubsub: floodsub(options) } })
type Node = Awaited<ReturnType<typeof startNode>>

function texts(node: Node): string[] {
  const got: string[] = []
  node.services.pubsub.addEventListener('message', ({ detail }) => got.push(toUtf8(detail.data)))
  return got
}

describe('floodsub', () => {
  it('brings a message to everybody in the topic, once, over whatever links there are', async () => {
    await using a = await startNode()
    await using b = await startNode()
    await using c = await startNode()
    await using d = await startNode()
    const nodes = [a, b, c, d]
    const got = nodes.map(texts)
    for (const { services } of nodes.slice(0, 3)) services.pubsub.subscribe('news')
    for (const [from, to] of [
      [a, b],
      [b, c],
      [c, a],
      [c, d]
    ] as const)
      await from.dial(to.getMultiaddrs())
    await vi.waitFor(() => {
      for (const { services } of nodes.slice(0, 3)) expect(services.pubsub.getSubscribers('news')).toHaveLength(2)
    })
    const { recipients } = await a.services.pubsub.publish('news', fromUtf8('hello'))
    expect(recipients).toHaveLength(2)
    await vi.waitFor(() => expect(got).toEqual([[], ['hello'], ['hello'], []]))
    const copies = () => b.services.pubsub.counters().dropped.get('duplicate') ?? 0
    await vi.waitFor(() => expect(copies() + (c.services.pubsub.counters().dropped.get('duplicate') ?? 0)).toBe(2))
  })

  it('forgets who left, or went', async () => {
    await using a = await startNode()
    await using b = await startNode()
    b.services.pubsub.subscribe('news')
    await a.dial(b.getMultiaddrs())
    const subscribers = () => a.services.pubsub.getSubscribers('news').length
    await vi.waitFor(() => expect(subscribers()).toBe(1))
    b.services.pubsub.unsubscribe('news')
    await vi.waitFor(() => expect(subscribers()).toBe(0))
    b.services.pubsub.subscribe('news')
    await vi.waitFor(() => expect(subscribers()).toBe(1))
    await b.stop()
    await vi.waitFor(() => expect([subscribers(), a.services.pubsub.getPeers().length]).toEqual([0, 0]))
  })

  it('carries unsigned messages, and refuses signed ones then', async () => {
    await using a = await startNode({ globalSignaturePolicy: 'StrictNoSign' })
    await using b = await startNode({ globalSignaturePolicy: 'StrictNoSign' })
    await using signing = await startNode()
    const got = texts(b)
    for (const { services } of [a, b, signing]) services.pubsub.subscribe('news')
    await a.dial(b.getMultiaddrs())
    await signing.dial(b.getMultiaddrs())
    await vi.waitFor(() => expect(b.services.pubsub.getSubscribers('news')).toHaveLength(2))
    await vi.waitFor(() => expect(signing.services.pubsub.getSubscribers('news')).toHaveLength(1))
    await vi.waitFor(() => expect(a.services.pubsub.getSubscribers('news')).toHaveLength(1))
    await signing.services.pubsub.publish('news', fromUtf8('signed'))
    await a.services.pubsub.publish('news', fromUtf8('unsigned'))
    await vi.waitFor(() => expect(b.services.pubsub.counters().dropped.get('unexpected signature')).toBe(1))
    await vi.waitFor(() => expect(got).toEqual(['unsigned']))
  })

  it.each([
    ['seenTTL', { seenTTL: 0 }],
    ['globalSignaturePolicy', { globalSignaturePolicy: 'Lax' as never }],
    ['maxMessageSize', { maxMessageSize: -1 }]
  ])('says what is wrong with %s', (name, options) => {
    expect(() => floodsub(options)).toThrow(name)
  })
})

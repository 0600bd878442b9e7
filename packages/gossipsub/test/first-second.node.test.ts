import { generateKeyPair } from '@ts-libp2p/crypto'
import { floodsub } from '@ts-libp2p/floodsub'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { describe, expect, it, vi } from 'vitest'
import { Cluster, connect, fromUtf8, LOCAL, publish, textOf, texts } from './cluster.ts'

describe('right from the first second', () => {
  it('what is published right after subscribing reaches peers that are connected', async () => {
    await using cluster = new Cluster()
    const [a, b, c] = await cluster.addAll(3)
    await connect(a!, b!)
    await connect(b!, c!)
    const got = texts(c!)
    for (const node of cluster.nodes) node.services.pubsub.subscribe('news')
    await publish(a!, 'news', 'hello')
    await vi.waitFor(() => expect(got).toEqual(['hello']))
  })

  it('so does what is published right after connecting, to peers whose topics are not known yet', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2)
    for (const node of cluster.nodes) node.services.pubsub.subscribe('news')
    const got = texts(b!)
    await connect(a!, b!)
    const { recipients } = await publish(a!, 'news', 'hello')
    expect(recipients).toEqual([])
    await vi.waitFor(() => expect(got).toEqual(['hello']))
  })

  it('a publisher that is not in the topic reaches those that are', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2, { floodPublish: false })
    await connect(a!, b!)
    const got = texts(b!)
    b!.services.pubsub.subscribe('news')
    await vi.waitFor(() => expect(a!.services.pubsub.getSubscribers('news')).toHaveLength(1))
    expect((await publish(a!, 'news', 'hello')).recipients.map(String)).toEqual([b!.peerId.toString()])
    await vi.waitFor(() => expect(got).toEqual(['hello']))
    expect(a!.services.pubsub.getTopics()).toEqual([])
  })

  it('subscribing grafts at once: no heartbeat is waited for', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2, { heartbeatInterval: 3_600_000, heartbeatInitialDelay: 3_600_000 })
    await connect(a!, b!)
    a!.services.pubsub.subscribe('news')
    b!.services.pubsub.subscribe('news')
    await vi.waitFor(() => {
      expect(a!.services.pubsub.getMeshPeers('news')).toEqual([b!.peerId.toString()])
      expect(b!.services.pubsub.getMeshPeers('news')).toEqual([a!.peerId.toString()])
    })
  })

  it('subscriptions are announced again on every new stream', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2)
    b!.services.pubsub.subscribe('news')
    await connect(a!, b!)
    await vi.waitFor(() => expect(a!.services.pubsub.getSubscribers('news')).toHaveLength(1))
    const stream = b!
      .getConnections()[0]!
      .streams.find(s => s.protocol.startsWith('/meshsub') && s.direction === 'outbound')
    stream!.abort(new Error('lost'))
    await vi.waitFor(() => expect(a!.services.pubsub.getSubscribers('news')).toHaveLength(0))
    await vi.waitFor(() => expect(a!.services.pubsub.getSubscribers('news')).toHaveLength(1))
    const got = texts(b!)
    await publish(a!, 'news', 'again')
    await vi.waitFor(() => expect(got).toEqual(['again']))
  })

  it('a restart of the publisher heals, and so does one of the subscriber', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2)
    const [gotA, gotB] = [texts(a!), texts(b!)]
    for (const node of cluster.nodes) node.services.pubsub.subscribe('news')
    await connect(a!, b!)
    await publish(a!, 'news', '1')
    await vi.waitFor(() => expect(gotB).toEqual(['1']))
    const expected = { a: [] as string[], b: ['1'] }
    for (const restarted of [a!, b!]) {
      await restarted.stop()
      await restarted.start()
      await connect(a!, b!)
      await publish(a!, 'news', String(expected.b.push(String(expected.b.length + 1))))
      await publish(b!, 'news', String(expected.a.push(String(expected.a.length + 1))))
      await vi.waitFor(() => expect([gotA, gotB]).toEqual([expected.a, expected.b]))
    }
  })

  it('a restarted process, which has forgotten everything but its key, is in the mesh again', async () => {
    await using cluster = new Cluster()
    const privateKey = await generateKeyPair('Ed25519')
    const a = await cluster.add()
    const first = await cluster.add({}, { privateKey })
    for (const node of cluster.nodes) node.services.pubsub.subscribe('news')
    await connect(a, first)
    await vi.waitFor(() => expect(a.services.pubsub.getMeshPeers('news')).toHaveLength(1))
    await first.stop()
    await vi.waitFor(() => expect(a.services.pubsub.getPeers()).toHaveLength(0))
    const second = await cluster.add({}, { privateKey })
    const got = texts(second)
    second.services.pubsub.subscribe('news')
    await connect(second, a)
    await vi.waitFor(() => expect(a.services.pubsub.getMeshPeers('news')).toEqual([second.peerId.toString()]))
    await publish(a, 'news', 'back')
    await vi.waitFor(() => expect(got).toEqual(['back']))
  })

  it.each([false, true])(
    'a message is delivered once, however many copies come; verified in background: %s',
    async on => {
      await using cluster = new Cluster()
      const nodes = await cluster.addAll(5, { verifyInBackground: on })
      const got = nodes.map(texts)
      for (const node of nodes) node.services.pubsub.subscribe('news')
      for (const [i, a] of nodes.entries()) for (const b of nodes.slice(i + 1)) await connect(a, b)
      await vi.waitFor(() => {
        for (const { services } of nodes) expect(services.pubsub.getMeshPeers('news')).toHaveLength(4)
      })
      const sent = Array.from({ length: 20 }, (_, i) => String(i))
      for (const text of sent) await publish(nodes[0]!, 'news', text)
      await vi.waitFor(() => expect(got.map(list => list.length)).toEqual([0, 20, 20, 20, 20]))
      for (const list of got.slice(1)) expect(list.toSorted((x, y) => Number(x) - Number(y))).toEqual(sent)
      const copies = () => nodes.map(({ services }) => services.pubsub.counters().dropped.get('duplicate') ?? 0)
      await vi.waitFor(() => expect(Math.max(...copies())).toBeGreaterThan(0))
    }
  )

  it.each([false, true])('a burst of messages comes in order, and once; verified in background: %s', async on => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2, { verifyInBackground: on })
    const got = texts(b!)
    for (const node of cluster.nodes) node.services.pubsub.subscribe('news')
    await connect(a!, b!)
    await expect.poll(() => a!.services.pubsub.getMeshPeers('news')).toHaveLength(1)
    const sent = Array.from({ length: 600 }, (_, i) => String(i))
    await Promise.all(sent.map(text => publish(a!, 'news', text)))
    await expect.poll(() => got).toHaveLength(600)
    expect(got).toEqual(sent)
  })

  it('what is dropped is counted, and the counter says why', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2)
    b!.services.pubsub.topicValidators.set('news', (_, { data }) => (data[0] === 0 ? 'reject' : 'ignore'))
    for (const node of cluster.nodes) node.services.pubsub.subscribe('news')
    await connect(a!, b!)
    await a!.services.pubsub.publish('news', Uint8Array.of(0))
    await a!.services.pubsub.publish('news', Uint8Array.of(1))
    await vi.waitFor(() => {
      const { dropped, received, delivered } = b!.services.pubsub.counters()
      expect([dropped.get('validation failed'), dropped.get('validation ignored')]).toEqual([1, 1])
      expect([received, delivered]).toEqual([2, 0])
    })
  })

  it('speaks with nodes that only know floodsub, both ways', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2)
    await using flood = await createLibp2p({ ...LOCAL, services: { pubsub: floodsub() } })
    const { pubsub } = flood.services
    const got = texts(b!)
    const gotFlood: string[] = []
    pubsub.addEventListener('message', ({ detail }) => gotFlood.push(textOf(detail)))
    for (const node of cluster.nodes) node.services.pubsub.subscribe('news')
    pubsub.subscribe('news')
    await connect(a!, b!)
    await a!.dial(flood.getMultiaddrs())
    await vi.waitFor(() => expect(pubsub.getSubscribers('news')).toHaveLength(1))
    await vi.waitFor(() => expect(a!.services.pubsub.getSubscribers('news')).toHaveLength(2))
    await publish(b!, 'news', 'to the flood')
    await pubsub.publish('news', fromUtf8('from the flood'))
    await vi.waitFor(() => expect([gotFlood, got]).toEqual([['to the flood'], ['from the flood']]))
    expect(a!.services.pubsub.getMeshPeers('news')).toEqual([b!.peerId.toString()])
  })
})

describe('a loop over a topic', () => {
  it('joins it, gets what is published, and leaves it at its end', async () => {
    await using cluster = new Cluster()
    const [a, b] = await cluster.addAll(2)
    await connect(a!, b!)
    const got: string[] = []
    const reading = (async () => {
      for await (const message of b!.services.pubsub.topic('news')) {
        got.push(textOf(message))
        if (got.length === 3) break
      }
    })()
    expect(b!.services.pubsub.getTopics()).toEqual(['news'])
    await vi.waitFor(() => expect(a!.services.pubsub.getSubscribers('news')).toHaveLength(1))
    for (const text of ['a', 'b', 'c', 'd']) await a!.services.pubsub.topic('news').publish(fromUtf8(text))
    await reading
    expect(got).toEqual(['a', 'b', 'c'])
    expect(b!.services.pubsub.getTopics()).toEqual([])
  })

  it('leaves the topic joined when somebody else is in it', async () => {
    await using cluster = new Cluster()
    const node = await cluster.add({ emitSelf: true })
    const { pubsub } = node.services
    pubsub.subscribe('news')
    const loop = pubsub.topic('news')[Symbol.asyncIterator]()
    await publish(node, 'news', 'to myself')
    expect(textOf((await loop.next()).value!)).toBe('to myself')
    await loop.return?.()
    expect(pubsub.getTopics()).toEqual(['news'])
  })

  it('ends when the node stops, or with the reason of its signal', async () => {
    await using cluster = new Cluster()
    const node = await cluster.add()
    const controller = new AbortController()
    const aborted = node.services.pubsub.topic('a', { signal: controller.signal })[Symbol.asyncIterator]().next()
    const ended = node.services.pubsub.topic('b')[Symbol.asyncIterator]().next()
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await node.stop()
    expect(await ended).toEqual({ done: true, value: undefined })
  })

  it('is left behind with the latest messages, and what it missed is counted', async () => {
    await using cluster = new Cluster()
    const node = await cluster.add({ emitSelf: true })
    const loop = node.services.pubsub.topic('news', { maxUnread: 2 })[Symbol.asyncIterator]()
    for (const text of ['1', '2', '3', '4', '5']) await publish(node, 'news', text)
    expect([textOf((await loop.next()).value!), textOf((await loop.next()).value!)]).toEqual(['4', '5'])
    expect(node.services.pubsub.counters().dropped.get('unread')).toBe(3)
  })
})

import { type GossipsubOpts, gossipsub as jsGossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { type GossipsubOptions, gossipsub, messageIds } from '@ts-libp2p/gossipsub'
import * as ours from '@ts-libp2p/libp2p'
import { createLibp2p as createJsLibp2p } from 'js-libp2p'
import { describe, expect, it, vi } from 'vitest'

const TOPIC = 'news'
const listen = ['/ip4/127.0.0.1/tcp/0']

/** What both implementations have in common. */
interface Face {
  subscribe(topic: string): void
  getSubscribers(topic: string): unknown[]
  getMeshPeers(topic: string): string[]
  publish(topic: string, data: Uint8Array): Promise<unknown>
  addEventListener(type: 'message', listener: (event: CustomEvent<{ data: Uint8Array }>) => void): void
}

interface Peer {
  readonly address: string
  readonly pubsub: Face
  dial(address: string): Promise<unknown>
  stop(): Promise<void>
}

async function ourPeer(options: GossipsubOptions = {}) {
  const node = await ours.createLibp2p({ addresses: { listen }, services: { pubsub: gossipsub(options) } })
  return {
    ...{ node, pubsub: node.services.pubsub, address: String(node.getMultiaddrs()[0]) },
    dial: (address: string) => node.dial(ours.multiaddr(address)),
    stop: () => node.stop()
  }
}

async function jsPeer(options: Partial<GossipsubOpts> = {}): Promise<Peer> {
  const pubsub = jsGossipsub({ allowPublishToZeroTopicPeers: true, ...options })
  const node = await createJsLibp2p({
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub }
  })
  return {
    pubsub: node.services.pubsub as unknown as Face,
    address: String(node.getMultiaddrs()[0]),
    dial: address => node.dial(multiaddr(address)),
    stop: async () => node.stop()
  }
}

/** Runs with peers in one topic, in a row, each knowing of its neighbours there. */
async function inARow(peers: Peer[], run: (got: string[][]) => Promise<void>, hasMesh = true): Promise<void> {
  try {
    const got = peers.map(() => [] as string[])
    for (const [i, { pubsub }] of peers.entries()) {
      pubsub.addEventListener('message', ({ detail }) => got[i]!.push(toUtf8(detail.data)))
      pubsub.subscribe(TOPIC)
    }
    for (const [i, peer] of peers.slice(1).entries()) await peer.dial(peers[i]!.address)
    const neighbours = peers.map((_, i) => (i > 0 ? 1 : 0) + (i < peers.length - 1 ? 1 : 0))
    await vi.waitFor(() => {
      expect(peers.map(({ pubsub }) => pubsub.getSubscribers(TOPIC).length)).toEqual(neighbours)
    })
    if (hasMesh) {
      await vi.waitFor(() => {
        expect(peers.map(({ pubsub }) => pubsub.getMeshPeers(TOPIC).length)).toEqual(neighbours)
      })
    }
    await run(got)
  } finally {
    await Promise.all(peers.map(peer => peer.stop()))
  }
}

const say = ({ pubsub }: Peer, text: string) => pubsub.publish(TOPIC, fromUtf8(text))

describe('gossipsub of js-libp2p', () => {
  it.each([
    ['signed', {}],
    ['unsigned', { globalSignaturePolicy: 'StrictNoSign' as const }]
  ])('hears us, we hear it, and each passes on what the other says: %s', async (_, options) => {
    const peers = [await jsPeer(options), await ourPeer(options), await jsPeer(options), await ourPeer(options)]
    await inARow(peers, async got => {
      for (const [i, peer] of peers.entries()) await say(peer, `from ${i}`)
      await vi.waitFor(() => {
        expect(got.map(texts => texts.toSorted())).toEqual([
          ['from 1', 'from 2', 'from 3'],
          ['from 0', 'from 2', 'from 3'],
          ['from 0', 'from 1', 'from 3'],
          ['from 0', 'from 1', 'from 2']
        ])
      })
    })
  })

  it.each([1024, 65_536, 1_000_000])('carries messages of %d bytes both ways', async bytes => {
    const us = await ourPeer()
    const peers = [us, await jsPeer()]
    await inARow(peers, async got => {
      await say(peers[0]!, 'o'.repeat(bytes))
      await say(peers[1]!, 'j'.repeat(bytes))
      await vi.waitFor(() => expect(got.map(texts => texts.map(text => text.length))).toEqual([[bytes], [bytes]]))
      expect(us.pubsub.counters().dropped.get('invalid signature')).toBeUndefined()
    })
  })

  it('asks for what it missed, and we do: with its ids, gossip alone brings messages', async () => {
    // No mesh on our side: neither pushes to the other, each tells the other what it has.
    const noMesh = { D: 0, Dlo: 0, Dhi: 0, Dout: 0, Dscore: 0, floodPublish: false }
    const us = await ourPeer({ ...noMesh, msgIdFn: messageIds.jsLegacy })
    const peers = [us, await jsPeer({ ...noMesh, Dhi: 1 })]
    await inARow(
      peers,
      async got => {
        await say(peers[0]!, 'ours')
        await say(peers[1]!, 'theirs')
        await vi.waitFor(() => expect(got).toEqual([['theirs'], ['ours']]), { timeout: 10_000 })
      },
      false
    )
  })

  it('and we agree on who is in the mesh', async () => {
    const us = await ourPeer()
    const peers = [us, await jsPeer()]
    await inARow(peers, async () => {
      expect(us.pubsub.getMeshPeers(TOPIC)).toHaveLength(1)
      expect(us.pubsub.getScore(us.pubsub.getMeshPeers(TOPIC)[0]!)).toBeGreaterThanOrEqual(0)
      expect(us.node.getConnections()[0]!.streams.map(({ protocol }) => protocol)).toContain('/meshsub/1.2.0')
    })
  })
})

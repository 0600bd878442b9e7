import { floodsub } from '@libp2p/floodsub'
import { gossipsub, type Message } from '@libp2p/gossipsub'
import { type PubsubSettings, type ReceivedText, readText, textBytes, writeText } from '../../../harness/src/pubsub.ts'
import type { Commands, Request } from '../lines.ts'
import type { PeerNode } from '../node.ts'

type PubsubRequest = Request & { topic: string; text: string; bytes: number }

/** Publish/subscribe, where the variable `PUBSUB` asks for it: see `interop/README.md`. */
export function pubsubService() {
  if (!process.env.PUBSUB) return {}
  const settings = JSON.parse(process.env.PUBSUB) as PubsubSettings
  const globalSignaturePolicy = settings.signed ? ('StrictSign' as const) : ('StrictNoSign' as const)
  if (settings.router === 'floodsub') return { floodsub: floodsub({ globalSignaturePolicy }) }
  return {
    gossipsub: gossipsub({
      globalSignaturePolicy,
      allowPublishToZeroTopicPeers: true,
      floodPublish: settings.floodPublish,
      doPX: settings.doPX,
      heartbeatInterval: settings.heartbeatMs,
      mcacheLength: settings.historyHeartbeats,
      mcacheGossip: settings.historyHeartbeats,
      unsubcribeBackoff: settings.unsubscribeBackoffMs,
      maxInboundDataLength: settings.maxMessageBytes,
      // Peers are believed from the first: none of them has earned anything.
      scoreThresholds: { acceptPXThreshold: 0 },
      // All peers of the suites come from one address, those that have gone count too.
      scoreParams: { IPColocationFactorWeight: 0 },
      ...(settings.ids === 'text' ? { msgIdFn: message => textBytes(message.data) } : {})
    })
  }
}

export function pubsubCommands(node: PeerNode): Commands {
  const { gossipsub, floodsub } = node.services as unknown as { gossipsub?: GossipsubFace; floodsub?: PubsubFace }
  const pubsub = gossipsub ?? floodsub
  if (pubsub === undefined) return {}
  const received: Received[] = []
  pubsub.addEventListener('message', ({ detail }) => {
    received.push({ topic: detail.topic, ...readText(detail.data) })
  })
  const commands: Record<string, (request: PubsubRequest) => Promise<object>> = {
    subscribe: async ({ topic }) => {
      pubsub.subscribe(topic)
      return {}
    },
    unsubscribe: async ({ topic }) => {
      pubsub.unsubscribe(topic)
      return {}
    },
    publish: async ({ topic, text, bytes }) => {
      await pubsub.publish(topic, writeText(text, bytes))
      return {}
    },
    messages: async ({ topic }) => ({ messages: received.filter(message => message.topic === topic) }),
    topicPeers: async ({ topic }) => ({
      subscribers: pubsub.getSubscribers(topic).map(String),
      mesh: gossipsub?.getMeshPeers(topic) ?? []
    })
  }
  return commands as Commands
}

/** What both routers have. */
interface PubsubFace {
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  publish(topic: string, data: Uint8Array): Promise<unknown>
  getSubscribers(topic: string): unknown[]
  addEventListener(type: 'message', listener: (event: CustomEvent<Pick<Message, 'topic' | 'data'>>) => void): void
}

/** Its contract leaves out the mesh. */
type GossipsubFace = PubsubFace & { getMeshPeers(topic: string): string[] }

type Received = ReceivedText & { topic: string }

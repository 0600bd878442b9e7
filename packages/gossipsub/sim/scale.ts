import type { GossipsubOptions } from '../src/options.ts'
import { Deliveries, type DeliveryFigures } from './deliveries.ts'
import { SimNetwork } from './sim-network.ts'

export interface ScaleOptions {
  readonly size: number
  readonly seed: number | string
  readonly options?: GossipsubOptions
  /** For how long messages are published. */
  readonly publishMs: number
  /** The share of nodes that leave in a minute. */
  readonly churnPerMinute: number
}

export interface ScaleFigures {
  readonly news: DeliveryFigures
  readonly blobs: DeliveryFigures
  /** Bytes sent, as a multiple of what all nodes got in messages that they did not have. */
  readonly overhead: number
  /** What did not go further, by reason, of all nodes that are there. */
  readonly dropped: ReadonlyMap<string, number>
  /** Of everything that happened. */
  readonly fingerprint: string
}

const NEWS = { topic: 'news', bytes: 1024, everyMs: 1000, atOnce: 1 }
const BLOBS = { topic: 'blobs', bytes: 96 * 1024, everyMs: 12_000, atOnce: 48 }

/** In which everybody connects. */
const CONNECT_MS = 5000

/** For meshes to settle before the first message, and for the last to arrive. */
const SETTLE_MS = 20_000

/**
 * A message of 1 KiB every second and 48 blobs of 96 KiB at once every 12 s, each from another node, while nodes come and
 * go.
 */
export function scale({ size, seed, options = {}, publishMs, churnPerMinute }: ScaleOptions): ScaleFigures {
  const net = new SimNetwork({ size, seed, options, topics: [NEWS.topic, BLOBS.topic] })
  net.start()
  net.connectAll({ withinMs: CONNECT_MS })
  net.cores.run({ ms: CONNECT_MS + SETTLE_MS })
  const followed = new Map([NEWS, BLOBS].map(({ topic }) => [topic, new Deliveries(net)]))
  net.onDelivered = (index, message) => followed.get(message.topic)?.delivered(index, message)
  if (churnPerMinute > 0) net.churn(churnPerMinute)
  const until = net.cores.nowMs + publishMs
  for (const { topic, bytes, everyMs, atOnce } of [NEWS, BLOBS]) {
    const publish = (): void => {
      if (net.cores.nowMs >= until) return
      for (let i = 0; i < atOnce; i++) followed.get(topic)?.follow(net.publish(topic, bytes))
      net.cores.after(everyMs, publish)
    }
    publish()
  }
  const before = net.cores.stats.bytes
  net.cores.run({ ms: publishMs + SETTLE_MS })
  const [news, blobs] = [...followed.values()].map(each => each.figures()) as [DeliveryFigures, DeliveryFigures]
  const useful = news.delivered * NEWS.bytes + blobs.delivered * BLOBS.bytes
  return {
    ...{ news, blobs, overhead: (net.cores.stats.bytes - before) / useful },
    ...{ dropped: droppedBy(net), fingerprint: net.cores.fingerprint }
  }
}

function droppedBy(net: SimNetwork): Map<string, number> {
  const all = new Map<string, number>()
  for (const { router } of net.present()) {
    for (const [reason, count] of router.counters.dropped) all.set(reason, (all.get(reason) ?? 0) + count)
  }
  return all
}

import { Histogram } from './histogram.ts'
import type { SimMessage } from './sim-message.ts'
import type { SimNetwork } from './sim-network.ts'

/** A node has to have been there for so long before a message, to be connected, and for so long after it. */
const THERE_BEFORE_MS = 5000
const THERE_AFTER_MS = 15_000

export interface DeliveryFigures {
  readonly messages: number
  /** Messages whose author left before they were judged: not counted. */
  readonly orphaned: number
  /** Nodes that stayed, over all messages, and to how many of them the message came. */
  readonly expected: number
  readonly delivered: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Deliveries after six seconds, which is the deadline in Filecoin. */
  readonly late: number
  /** Copies of a message that a node got beside the first, mean. */
  readonly duplicates: number
}

/** Follows messages of one kind. */
export class Deliveries {
  private readonly net: SimNetwork
  private readonly latencies = new Histogram()
  private readonly counts = { messages: 0, orphaned: 0, expected: 0, delivered: 0, copies: 0, firsts: 0 }
  private readonly isCounted: (index: number) => boolean

  /** `isCounted`: which nodes are looked at. Default all. */
  constructor(net: SimNetwork, isCounted: (index: number) => boolean = () => true) {
    this.net = net
    this.isCounted = isCounted
  }

  /** To be called when a node delivers. */
  delivered(index: number, message: SimMessage): void {
    if (this.isExpected(index, message)) this.latencies.add(this.net.cores.nowMs - message.publishedAt)
  }

  /** Follows a message that has just been published, and judges it when it must have come to everybody. */
  follow(message: SimMessage): void {
    this.net.cores.after(THERE_AFTER_MS, () => this.judge(message))
  }

  figures(): DeliveryFigures {
    const { messages, orphaned, expected, delivered, copies, firsts } = this.counts
    const { latencies } = this
    return {
      ...{ messages, orphaned, expected, delivered },
      ...{ p50Ms: latencies.quantile(0.5), p99Ms: latencies.quantile(0.99), maxMs: latencies.max },
      ...{ late: latencies.over(6000), duplicates: (copies - firsts) / firsts }
    }
  }

  private judge(message: SimMessage): void {
    const { counts, net } = this
    const author = net.names.indexOf(message.author)
    if (!net.wasThereSince(author, message.publishedAt)) {
      counts.orphaned++
      return
    }
    counts.messages++
    counts.copies += message.copies
    for (let i = 0; i < net.size; i++) {
      if (i === author) continue
      const isDelivered = message.wasDeliveredTo(i)
      if (isDelivered) counts.firsts++
      if (!this.isExpected(i, message)) continue
      counts.expected++
      if (isDelivered) counts.delivered++
    }
  }

  private isExpected(index: number, { publishedAt }: SimMessage): boolean {
    return this.isCounted(index) && this.net.wasThereSince(index, publishedAt - THERE_BEFORE_MS)
  }
}

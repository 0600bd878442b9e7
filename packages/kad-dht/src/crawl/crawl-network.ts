import type { PeerId, PeerInfo } from '@ts-libp2p/interface'
import { toError } from '@ts-libp2p/stream'
import { askPeer } from '../ask-peer.ts'
import type { Core } from '../core.ts'
import { CRAWL_CONCURRENCY } from '../limits.ts'
import { nameInBucket } from '../prefix-keys.ts'
import { EventQueue } from '../query/event-queue.ts'
import { frame, MessageType } from '../wire/message.ts'
import { Crawl, type CrawledPeer, type CrawlStep } from './crawl.ts'

/** A peer that a crawl has visited. */
export interface CrawlEvent {
  readonly peer: PeerInfo
  /** The peers in its routing table. */
  readonly neighbours: PeerId[]
  /** Why it could not be asked, or not to the end. */
  readonly error?: Error
}

export interface CrawlOptions {
  /** Peers that are asked at once. Default 100. */
  readonly concurrency?: number
}

/** Visits every peer that can be found from those in the routing table. Each is told of when it has said all. */
export async function* crawlNetwork(
  core: Core,
  { concurrency = CRAWL_CONCURRENCY }: CrawlOptions,
  signal: AbortSignal
): AsyncGenerator<CrawlEvent> {
  await core.somebody(signal)
  const crawl = new Crawl([...core.table.all()].map(({ contact }) => contact))
  const queue = new EventQueue<CrawlEvent>()
  const running = new Map<string, (reason: unknown) => void>()
  const report = (crawled: CrawledPeer | undefined): void => {
    if (crawled !== undefined) queue.push(eventOf(crawled))
  }
  const ask = (step: CrawlStep): void => {
    const key = nameInBucket(step.peer.key, step.prefixLength, 0)
    const { outcome, cancel } = askPeer(core, step.peer, frame({ type: MessageType.FIND_NODE, key }))
    running.set(step.peer.name, cancel)
    outcome
      .then(
        answer => report(crawl.answered(step, core.contacts.readAll(answer.closerPeers))),
        (err: unknown) => report(crawl.failed(step, toError(err)))
      )
      .finally(() => {
        running.delete(step.peer.name)
        pump()
      })
  }
  const pump = (): void => {
    while (running.size < concurrency && !signal.aborted) {
      const step = crawl.next()
      if (step === undefined) break
      ask(step)
    }
    if (running.size === 0) queue.end()
  }
  const stop = (): void => queue.fail(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    pump()
    for (let event = await queue.take(); event !== undefined; event = await queue.take()) yield event
  } finally {
    signal.removeEventListener('abort', stop)
    for (const cancel of running.values()) cancel(new Error('the crawl is over'))
  }
}

function eventOf({ peer: { id, multiaddrs }, neighbours, error }: CrawledPeer): CrawlEvent {
  return { peer: { id, multiaddrs }, neighbours: [...neighbours.values()].map(contact => contact.id), error }
}

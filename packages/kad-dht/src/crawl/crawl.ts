import type { Contact } from '../contact.ts'
import { commonPrefixLength } from '../key.ts'
import { MAX_CRAWLED_PEERS, MAX_CRAWLED_PREFIX } from '../limits.ts'

/** What a peer is to be asked: for peers that share so many leading bits with itself. */
export interface CrawlStep {
  readonly peer: Contact
  readonly prefixLength: number
}

/** What is known of a peer when the crawl is through with it. */
export interface CrawledPeer {
  readonly peer: Contact
  /** The peers in its routing table, by name. */
  readonly neighbours: ReadonlyMap<string, Contact>
  /** Why it could not be asked; its neighbours are then what it said before. */
  readonly error?: Error
}

interface Visit {
  readonly peer: Contact
  readonly neighbours: Map<string, Contact>
  prefixLength: number
}

/**
 * Visits every peer of a network: each is asked for its peers bucket by bucket, from the largest, until it has told
 * all; those it names are visited in turn. Each peer has one question at a time.
 *
 * Pure: ask what `next` gives, tell `answered` or `failed`, until nothing is given and nothing is under way.
 */
export class Crawl {
  private readonly ready: Visit[] = []
  private readonly visits = new Map<string, Visit>()

  constructor(seeds: readonly Contact[]) {
    for (const peer of seeds) this.meet(peer)
  }

  /** Peers seen so far. */
  get size(): number {
    return this.visits.size
  }

  next(): CrawlStep | undefined {
    const visit = this.ready.pop()
    return visit && { peer: visit.peer, prefixLength: visit.prefixLength }
  }

  /** Returns the peer when there is nothing more to ask it. */
  answered({ peer, prefixLength }: CrawlStep, named: readonly Contact[]): CrawledPeer | undefined {
    const visit = this.visits.get(peer.name) as Visit
    const before = visit.neighbours.size
    for (const contact of named) {
      if (contact.name === peer.name) continue
      visit.neighbours.set(contact.name, contact)
      this.meet(contact)
    }
    // Peers of an earlier bucket fill an answer only when all later ones are in it.
    const hasEarlier = named.some(({ key }) => commonPrefixLength(peer.key, key) < prefixLength)
    const isOver = hasEarlier || visit.neighbours.size === before || prefixLength >= MAX_CRAWLED_PREFIX
    if (isOver) return { peer, neighbours: visit.neighbours }
    visit.prefixLength++
    this.ready.push(visit)
    return undefined
  }

  failed({ peer }: CrawlStep, error: Error): CrawledPeer {
    const { neighbours } = this.visits.get(peer.name) as Visit
    return { peer, neighbours, error }
  }

  private meet(peer: Contact): void {
    if (this.visits.has(peer.name) || this.visits.size >= MAX_CRAWLED_PEERS) return
    const visit: Visit = { peer, neighbours: new Map(), prefixLength: 0 }
    this.visits.set(peer.name, visit)
    this.ready.push(visit)
  }
}

import type { QueryEvent } from './events.ts'
import { explain } from './explain.ts'
import type { LookupRun } from './lookup-run.ts'
import type { Trace } from './trace.ts'

/** What an operation of the DHT did so far. */
export class QueryLog {
  private readonly parts: (() => Trace[])[] = []

  add(run: LookupRun): LookupRun {
    this.parts.push(() => [run.trace()])
    return run
  }

  /** Another operation that is part of this one. */
  include(query: Query): Query {
    this.parts.push(() => query.traces())
    return query
  }

  traces(): Trace[] {
    return this.parts.flatMap(traces => traces())
  }
}

/**
 * An operation of the DHT: iterate over it to make it happen and to see what happens. It ends when the iteration is left.
 *
 * @example
 * const query = dht.findPeer(peerId)
 * for await (const event of query) if (event.name === 'FINAL_PEER') console.log(event.peer.multiaddrs)
 * console.log(query.explain())
 */
export class Query implements AsyncIterableIterator<QueryEvent, void, undefined> {
  private readonly log = new QueryLog()
  private readonly generator: AsyncGenerator<QueryEvent, void, undefined>

  constructor(begin: (log: QueryLog) => AsyncGenerator<QueryEvent, void, undefined>) {
    this.generator = begin(this.log)
  }

  next(): Promise<IteratorResult<QueryEvent, void>> {
    return this.generator.next()
  }

  return(): Promise<IteratorResult<QueryEvent, void>> {
    return this.generator.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Who was asked, when, and what they said, of every lookup so far. */
  traces(): Trace[] {
    return this.log.traces()
  }

  /** The same as text: a tree of who led to whom. */
  explain(): string {
    return this.traces().map(explain).join('\n\n')
  }
}

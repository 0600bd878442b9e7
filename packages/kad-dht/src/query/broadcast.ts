import { toError } from '@ts-libp2p/stream'
import type { Pending } from '../ask-peer.ts'
import type { Contact } from '../contact.ts'
import { KadError } from '../errors.ts'
import { MessageType } from '../wire/message.ts'
import { EventQueue } from './event-queue.ts'
import { named, type PeerResponseEvent, type QueryEvent, type SendQueryEvent } from './events.ts'
import { NO_PATH } from './find-peers.ts'

type Stored = 'ADD_PROVIDER' | 'PUT_VALUE'

/** One message for several peers at once: a PEER_RESPONSE for each that has it, a QUERY_ERROR for each that has not. */
export class Broadcast {
  private readonly message: Stored
  private readonly send: (peer: Contact) => Pending<unknown>
  private readonly queue = new EventQueue<QueryEvent>()
  private readonly pending = new Map<string, Pending<unknown>>()
  private running = 0
  private taken = 0

  constructor(message: Stored, send: (peer: Contact) => Pending<unknown>) {
    this.message = message
    this.send = send
  }

  /** Sends it to a peer, once. */
  to(peer: Contact): void {
    if (this.pending.has(peer.name)) return
    const { id: from } = peer
    const fields = { messageName: this.message, messageType: MessageType[this.message], path: NO_PATH } as const
    const sent: SendQueryEvent = { ...named('SEND_QUERY'), to: from, ...fields }
    this.queue.push(sent)
    const pending = this.send(peer)
    this.pending.set(peer.name, pending)
    this.running++
    pending.outcome.then(
      () => {
        this.taken++
        const said: PeerResponseEvent = { ...named('PEER_RESPONSE'), from, ...fields, closer: [], providers: [] }
        this.settle(said)
      },
      (err: unknown) => this.settle({ ...named('QUERY_ERROR'), from, error: toError(err), path: NO_PATH })
    )
  }

  /**
   * What becomes of it, until `enough` peers have it or all have settled. Throws a `KadError` (`not-stored`) when none has
   * it, or `signal.reason`. Whoever has not settled by then is not waited for.
   */
  async *events(signal: AbortSignal, enough: number = Number.POSITIVE_INFINITY): AsyncGenerator<QueryEvent> {
    const stop = (): void => this.queue.fail(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      while (this.queue.size > 0 || (this.running > 0 && this.taken < enough)) {
        const event = await this.queue.take()
        if (event !== undefined) yield event
      }
    } finally {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) this.cancel()
    }
    if (this.taken > 0) return
    throw new KadError('not-stored', `none of the ${this.pending.size} nearest peers could be told`)
  }

  private settle(event: QueryEvent): void {
    this.running--
    this.queue.push(event)
  }

  private cancel(): void {
    const reason = new KadError('timeout', 'nobody waits for it any more')
    for (const { cancel } of this.pending.values()) cancel(reason)
  }
}

/** The message to all of them. */
export async function* sendAll(
  peers: readonly Contact[],
  message: Stored,
  send: (peer: Contact) => Pending<unknown>,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const broadcast = new Broadcast(message, send)
  for (const peer of peers) broadcast.to(peer)
  yield* broadcast.events(signal)
}

import { toError } from '@ts-libp2p/stream'
import type { Pending } from '../ask-peer.ts'
import type { Contact } from '../contact.ts'
import { KadError } from '../errors.ts'
import { MessageType } from '../wire/message.ts'
import { EventQueue } from './event-queue.ts'
import { named, type PeerResponseEvent, type QueryEvent, type SendQueryEvent } from './events.ts'
import { NO_PATH } from './find-peers.ts'

/**
 * Sends something to several peers at once: a PEER_RESPONSE for each that has it, a QUERY_ERROR for each that has not.
 * Throws a `KadError` (`not-stored`) when none has it, or `signal.reason`.
 */
export async function* sendAll(
  peers: readonly Contact[],
  message: 'ADD_PROVIDER' | 'PUT_VALUE',
  send: (peer: Contact) => Pending<unknown>,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  signal.throwIfAborted()
  const queue = new EventQueue<QueryEvent>()
  const fields = { messageName: message, messageType: MessageType[message], path: NO_PATH } as const
  let taken = 0
  const pending = peers.map(peer => {
    const sent: SendQueryEvent = { ...named('SEND_QUERY'), to: peer.id, ...fields }
    queue.push(sent)
    return { from: peer.id, ...send(peer) }
  })
  const settled = pending.map(({ from, outcome }) => {
    return outcome.then(
      () => {
        taken++
        const said: PeerResponseEvent = { ...named('PEER_RESPONSE'), from, ...fields, closer: [], providers: [] }
        queue.push(said)
      },
      (err: unknown) => queue.push({ ...named('QUERY_ERROR'), from, error: toError(err), path: NO_PATH })
    )
  })
  void Promise.all(settled).then(() => queue.end())
  const stop = (): void => queue.fail(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (let event = await queue.take(); event !== undefined; event = await queue.take()) yield event
  } finally {
    signal.removeEventListener('abort', stop)
    for (const { cancel } of pending) cancel(CANCELLED)
  }
  if (taken === 0) throw new KadError('not-stored', `none of the ${peers.length} nearest peers could be told`)
}

const CANCELLED = new KadError('timeout', 'nobody waits for it any more')

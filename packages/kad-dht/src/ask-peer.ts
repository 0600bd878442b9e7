import type { Undo } from '@ts-libp2p/interface'
import type { Contact } from './contact.ts'
import type { Core } from './core.ts'
import { KadError } from './errors.ts'
import { REQUEST_TIMEOUT_MS } from './limits.ts'
import type { Outcome } from './rpc/messenger.ts'
import type { Frame, Message } from './wire/message.ts'

/** A request under way. */
export interface Pending<T> {
  readonly outcome: Promise<T>
  /** Gives it up: the outcome rejects with the reason. */
  readonly cancel: (reason: unknown) => void
}

/**
 * One request outside of a lookup. `done` is called once, later, unless the result is called first; the routing table
 * learns of it. No promise: the core's own requests are as synchronous as the core.
 */
export function request(core: Core, peer: Contact, message: Frame, done: (outcome: Outcome) => void): Undo {
  const { clock, messenger } = core
  const askedAt = clock.now()
  const wasConnected = messenger.isConnected(peer)
  const settle = (outcome: Outcome): void => {
    stopTimer()
    if ('error' in outcome) core.onFailure(peer, askedAt)
    else core.onAnswer(peer, clock.now() - askedAt, wasConnected)
    done(outcome)
  }
  const stopTimer = clock.after(REQUEST_TIMEOUT_MS, () => {
    cancel()
    settle({ error: new KadError('timeout', `${peer.name} did not answer within ${REQUEST_TIMEOUT_MS} ms`) })
  })
  const cancel = messenger.ask(peer, message, settle)
  return () => {
    stopTimer()
    cancel()
  }
}

/** The same for those who wait. Rejects with a `KadError`. */
export function askPeer(core: Core, peer: Contact, message: Frame): Pending<Message> {
  const { promise, resolve, reject } = deferred<Message>()
  const undo = request(core, peer, message, outcome => {
    if ('error' in outcome) reject(outcome.error)
    else resolve(outcome.answer)
  })
  return { outcome: promise, cancel: cancelling(undo, reject) }
}

/** Sends what has no answer. Resolves when it has left. */
export function tellPeer(core: Core, peer: Contact, messages: Frame): Pending<void> {
  const { promise, resolve, reject } = deferred<void>()
  const askedAt = core.clock.now()
  const undo = core.messenger.tell(peer, messages, error => {
    if (error === undefined) resolve()
    else reject(error)
  })
  const cancel = cancelling(undo, reject)
  const stopTimer = core.clock.after(REQUEST_TIMEOUT_MS, () => {
    core.onFailure(peer, askedAt)
    cancel(new KadError('timeout', `${peer.name} took nothing within ${REQUEST_TIMEOUT_MS} ms`))
  })
  return { outcome: promise.finally(stopTimer), cancel }
}

function cancelling(undo: Undo, reject: (reason: unknown) => void): (reason: unknown) => void {
  return reason => {
    undo()
    reject(reason)
  }
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (err: unknown) => void } {
  let resolve: (value: T) => void = () => {}
  let reject: (err: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

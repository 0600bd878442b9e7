import type { Contact } from './contact.ts'
import type { Core } from './core.ts'
import { KadError } from './errors.ts'
import { REQUEST_TIMEOUT_MS } from './limits.ts'
import type { Frame, Message } from './wire/message.ts'

/** A request under way. */
export interface Pending<T> {
  readonly outcome: Promise<T>
  /** Gives it up: the outcome rejects with the reason. */
  readonly cancel: (reason: unknown) => void
}

/** One request outside of a lookup. Rejects with a `KadError`; the routing table learns of it. */
export function askPeer(core: Core, peer: Contact, request: Frame): Pending<Message> {
  const { clock, messenger } = core
  const askedAt = clock.now()
  const wasConnected = messenger.isConnected(peer)
  return inTime<Message>(core, peer, (resolve, reject) => {
    return messenger.ask(peer, request, outcome => {
      if ('error' in outcome) {
        core.onFailure(peer, askedAt)
        reject(outcome.error)
        return
      }
      core.onAnswer(peer, clock.now() - askedAt, wasConnected)
      resolve(outcome.answer)
    })
  })
}

/** Sends what has no answer. Resolves when it has left. */
export function tellPeer(core: Core, peer: Contact, messages: Frame): Pending<void> {
  return inTime<void>(core, peer, (resolve, reject) => {
    return core.messenger.tell(peer, messages, error => {
      if (error === undefined) resolve()
      else reject(error)
    })
  })
}

function inTime<T>(
  core: Core,
  peer: Contact,
  begin: (resolve: (value: T) => void, reject: (err: unknown) => void) => () => void
): Pending<T> {
  const { promise, resolve, reject } = deferred<T>()
  const cancelRequest = begin(resolve, reject)
  const cancel = (reason: unknown): void => {
    cancelRequest()
    reject(reason)
  }
  const askedAt = core.clock.now()
  const stopTimer = core.clock.after(REQUEST_TIMEOUT_MS, () => {
    core.onFailure(peer, askedAt)
    cancel(new KadError('timeout', `${peer.name} did not answer within ${REQUEST_TIMEOUT_MS} ms`))
  })
  return { outcome: promise.finally(stopTimer), cancel }
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

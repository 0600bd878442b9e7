import { raceSignal } from '@ts-libp2p/stream'
import type { Contact } from './contact.ts'
import type { Core } from './core.ts'
import { KadError } from './errors.ts'
import { REQUEST_TIMEOUT_MS } from './limits.ts'
import type { Frame, Message } from './wire/message.ts'

/** One request outside of a lookup. Rejects with a `KadError` or `signal.reason`; the routing table learns of it. */
export function askPeer(core: Core, peer: Contact, request: Frame, signal: AbortSignal): Promise<Message> {
  const { clock, messenger } = core
  const askedAt = clock.now()
  const wasConnected = messenger.isConnected(peer)
  const answered = inTime<Message>(core, peer, signal, (resolve, reject) => {
    return messenger.ask(peer, request, outcome => {
      if ('error' in outcome) reject(outcome.error)
      else resolve(outcome.answer)
    })
  })
  answered.then(
    () => core.onAnswer(peer, clock.now() - askedAt, wasConnected),
    () => signal.aborted || core.onFailure(peer, askedAt)
  )
  return answered
}

/** Sends what has no answer. */
export function tellPeer(core: Core, peer: Contact, messages: Frame, signal: AbortSignal): Promise<void> {
  return inTime<void>(core, peer, signal, (resolve, reject) => {
    return core.messenger.tell(peer, messages, error => {
      if (error === undefined) resolve()
      else reject(error)
    })
  })
}

function inTime<T>(
  { clock }: Core,
  { name }: Contact,
  signal: AbortSignal,
  begin: (resolve: (value: T) => void, reject: (err: unknown) => void) => () => void
): Promise<T> {
  let cancel = (): void => {}
  let stopTimer = (): void => {}
  const outcome = new Promise<T>((resolve, reject) => {
    stopTimer = clock.after(REQUEST_TIMEOUT_MS, () => {
      reject(new KadError('timeout', `${name} did not answer within ${REQUEST_TIMEOUT_MS} ms`))
    })
    cancel = begin(resolve, reject)
  })
  return raceSignal(outcome, signal).finally(() => {
    stopTimer()
    cancel()
  })
}

import { type ClearableSignal, type Clock, TimeoutError } from '@ts-libp2p/interface'

/**
 * A signal that aborts with `parent`, or after `ms` with a `TimeoutError` that says what took too long. On the given
 * clock, so that it works in virtual time. `clear()` when done: it holds a timer and a listener.
 */
export function deadline(clock: Clock, ms: number, what: string, parent?: AbortSignal): ClearableSignal {
  const controller = new AbortController()
  const abort = (): void => {
    clear()
    controller.abort(parent?.reason)
  }
  const stopTimer = clock.after(ms, () => {
    clear()
    controller.abort(new TimeoutError(`${what} took longer than ${ms} ms`))
  })
  const clear = (): void => {
    stopTimer()
    parent?.removeEventListener('abort', abort)
  }
  if (parent?.aborted === true) abort()
  else parent?.addEventListener('abort', abort, { once: true })
  return Object.assign(controller.signal, { clear })
}

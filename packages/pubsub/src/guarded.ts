import type { Logger } from '@ts-libp2p/interface'
import type { CheckedPubsubOptions } from './options.ts'

/** A function of the application's that must not disturb the router: what it throws is logged. */
export function guarded<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  what: { readonly name: string; readonly otherwise: Result; readonly log: Logger }
): (...args: Args) => Result {
  return (...args) => {
    try {
      return fn(...args)
    } catch (err) {
      what.log.error('%s failed - %e', what.name, err)
      return what.otherwise
    }
  }
}

/** The options with what is the application's guarded. */
export function guardOptions(options: CheckedPubsubOptions, log: Logger): CheckedPubsubOptions {
  const { tracer, isAllowed } = options
  const trace = tracer && guarded(tracer.trace.bind(tracer), { name: 'the tracer', otherwise: undefined, log })
  return {
    ...options,
    isAllowed: guarded(isAllowed, { name: 'the subscription filter', otherwise: false, log }),
    tracer: trace && { trace }
  }
}

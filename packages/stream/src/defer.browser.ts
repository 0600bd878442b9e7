import { createDefer } from './create-defer.ts'

/**
 * Microtasks that pass before deferred work runs. Browsers have no `process.nextTick`, whose turn comes when no
 * microtask is left, and a macrotask costs 5 µs or more: so many hops do promises get to add what they send.
 */
const HOPS = 12

/** Runs `fn` when the current callback and the promises that it settled are done: what they wrote leaves together. */
export const defer: (fn: () => void) => void = createDefer(run => hop(HOPS, run))

/** Browsers do not tell what has arrived: as `defer`. */
export const afterInput: (fn: () => void) => void = fn => defer(fn)

function hop(left: number, run: () => void): void {
  queueMicrotask(() => (left > 0 ? hop(left - 1, run) : run()))
}

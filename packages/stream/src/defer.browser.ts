/**
 * Microtasks that pass before deferred work runs. Browsers have no `process.nextTick`, whose turn comes when no
 * microtask is left, and a macrotask costs 5 µs or more: so many hops do promises get to add what they send.
 */
const HOPS = 12

let due: (() => void)[] = []

/** Runs `fn` when the current callback and the promises that it settled are done: what they wrote leaves together. */
export function defer(fn: () => void): void {
  if (due.push(fn) === 1) hop(HOPS)
}

function hop(left: number): void {
  queueMicrotask(() => (left > 0 ? hop(left - 1) : runDue()))
}

function runDue(): void {
  const fns = due
  due = []
  for (const fn of fns) {
    try {
      fn()
    } catch (err) {
      reportError(err)
    }
  }
}

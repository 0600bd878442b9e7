let due: (() => void)[] = []

/**
 * Runs `fn` when the current callback and its microtasks are done, before any I/O: what they wrote leaves together.
 * `nextTick` alone would run between a socket's callback and the promises that it settled.
 */
export function defer(fn: () => void): void {
  if (due.push(fn) === 1) queueMicrotask(afterMicrotasks)
}

function afterMicrotasks(): void {
  process.nextTick(runDue)
}

function runDue(): void {
  const fns = due
  due = []
  for (const fn of fns) {
    try {
      fn()
    } catch (err) {
      // A mistake of ours: it must show, but not keep the others from their turn.
      queueMicrotask(() => {
        throw err
      })
    }
  }
}

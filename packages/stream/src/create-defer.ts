/** A `defer` whose turn comes as `schedule` has it; it is asked once for all that wait for the same turn. */
export function createDefer(schedule: (run: () => void) => void): (fn: () => void) => void {
  let due: (() => void)[] = []
  const run = (): void => {
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
  return fn => {
    if (due.push(fn) === 1) schedule(run)
  }
}

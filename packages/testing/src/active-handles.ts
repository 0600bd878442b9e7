import { activeResources } from '#handles'
import { turn } from '#turn'
import { TestingError } from './errors.ts'
import { MAX_IDLE_TURNS } from './limits.ts'

/**
 * What keeps the process alive now, by kind (`TCPSocketWrap`, `Timeout`, …), sorted. Node only: empty elsewhere.
 * Timers that were told not to keep the process alive are not among them.
 */
export function activeHandles(): string[] {
  return activeResources().sort()
}

/**
 * Waits until nothing is open that was not open `before`. Throws a `TestingError` (`leak`) that names what stays.
 *
 * @example
 * const before = activeHandles()
 * // … open and close things
 * await handlesReleased(before)
 */
export async function handlesReleased(before: readonly string[]): Promise<void> {
  let left = added(before, activeHandles())
  for (let turns = 0; left.length > 0; turns++) {
    if (turns >= MAX_IDLE_TURNS) throw new TestingError('leak', `still open: ${left.join(', ')}`)
    await turn()
    left = added(before, activeHandles())
  }
}

function added(before: readonly string[], now: readonly string[]): string[] {
  const known = [...before]
  return now.filter(kind => {
    const at = known.indexOf(kind)
    if (at >= 0) known.splice(at, 1)
    return at < 0 && kind !== 'Immediate'
  })
}

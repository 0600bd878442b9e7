import { quiet, turn } from '#turn'
import { TestingError } from './errors.ts'
import { MAX_IDLE_TURNS } from './limits.ts'

/**
 * Waits until all deferred work is done, without letting time pass: promises, microtasks and the ticks in which streams
 * move their bytes, and whatever those schedule in turn; in browsers, where keys answer behind promises, also what
 * WebCrypto is asked. Other native asynchronous work (sockets) is not waited for: await its events, or use `eventually`.
 */
export function settle(): Promise<void> {
  return quiet()
}

/**
 * Waits until `condition` holds, one turn of the event loop after another. For effects of native asynchronous work that
 * no event announces. Throws a `TestingError` (`deadlock`) naming `what` after 200,000 turns.
 */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns >= MAX_IDLE_TURNS) throw new TestingError('deadlock', `never happened: ${what}`)
    await turn()
  }
}

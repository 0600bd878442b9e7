import { afterEach } from 'vitest'
import { turn } from '#turn'
import { TestingError } from './errors.ts'

const EVENTS = ['unhandledRejection', 'uncaughtException'] as const

/**
 * Makes a test fail that leaves a promise rejected without a handler, or throws where nobody catches.
 *
 * vitest itself fails the *run* for these unless it is told not to (`dangerouslyIgnoreUnhandledErrors`), but does not
 * reliably say which test it was. This looks after each test and blames that one. Node only: elsewhere vitest's own
 * check remains.
 */
export function noUnhandled(): void {
  const seen: unknown[] = []
  const note = (err: unknown): void => void seen.push(err)
  const { process } = globalThis as { process?: Partial<NodeJS.Process> }
  for (const event of EVENTS) process?.on?.(event, note)
  afterEach(async () => {
    // An unhandled rejection is reported once the microtasks after it are done.
    await turn()
    const errors = seen.splice(0)
    if (errors.length === 0) return
    const [cause] = errors
    throw new TestingError('unhandled', `${errors.length} unhandled, the first: ${String(cause)}`, { cause })
  })
}

import { expect } from 'vitest'

/** Errors looked at below an error: deeper nesting is a loop. */
const MAX_CAUSES = 10

/** The error, or something below it, is `cause`. */
export function expectCause(err: unknown, cause: Error): void {
  const chain: unknown[] = []
  for (let at = err; at instanceof Error && chain.length < MAX_CAUSES; at = at.cause) chain.push(at)
  expect(chain, `caused by: ${chain.map(String).join(' ← ')}`).toContain(cause)
}

import type { SoakFigures } from './soak.ts'

/** Bytes that a run may leave in use: compiled code, caches of names, the collector's own. */
const MAX_GROWTH_BYTES: number = 6 * 1024 * 1024

/** What is not as flat as it was; empty when all is well. */
export function leaks(before: SoakFigures, after: SoakFigures): string[] {
  const found: string[] = []
  const growth = after.usedBytes - before.usedBytes
  if (growth > MAX_GROWTH_BYTES) found.push(`memory grew by ${growth} bytes`)
  for (const what of ['handles', 'timers', 'listeners'] as const) {
    if (after[what] > before[what]) found.push(`${what}: ${before[what]} before, ${after[what]} after`)
  }
  return found
}

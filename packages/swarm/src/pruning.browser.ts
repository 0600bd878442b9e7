import type { PruneCandidate, PrunePolicy } from './pruning.ts'

/** As in Node, but loaded with the first connection too many. */
export async function choosePruned<Id>(
  all: readonly PruneCandidate<Id>[],
  policy: PrunePolicy,
  now: number
): Promise<Id[]> {
  return (await import('./pruning.ts')).choosePruned(all, policy, now)
}

/** What pruning looks at. */
export interface PruneCandidate<Id = unknown> {
  id: Id
  /** Sum of the peer's tag values. */
  value: number
  openedAt: number
  streams: number
  direction: 'inbound' | 'outbound'
  isProtected: boolean
}

export interface PrunePolicy {
  maxConnections: number
  lowWaterConnections: number
  pruneGraceMs: number
}

/**
 * Which connections to close so that `lowWaterConnections` are left, once there are more than `maxConnections`.
 * Lowest value first; among equals those without streams, then inbound before outbound, then the oldest. Protected
 * ones are never chosen; young ones only when the others do not suffice to get under the maximum.
 */
export function choosePruned<Id>(all: readonly PruneCandidate<Id>[], policy: PrunePolicy, now: number): Id[] {
  if (all.length <= policy.maxConnections) return []
  const open = all.filter(c => !c.isProtected).sort(byWorth)
  const isYoung = (c: PruneCandidate<Id>): boolean => now - c.openedAt < policy.pruneGraceMs
  const settled = open.filter(c => !isYoung(c)).slice(0, all.length - policy.lowWaterConnections)
  const missing = all.length - settled.length - policy.maxConnections
  const young = missing > 0 ? open.filter(isYoung).slice(0, missing) : []
  return [...settled, ...young].map(c => c.id)
}

function byWorth(a: PruneCandidate, b: PruneCandidate): number {
  if (a.value !== b.value) return a.value - b.value
  if ((a.streams === 0) !== (b.streams === 0)) return a.streams === 0 ? -1 : 1
  if (a.direction !== b.direction) return a.direction === 'inbound' ? -1 : 1
  return a.openedAt - b.openedAt
}

import { MAX_YOUNG_PER_HOST } from './limits.ts'

/** What pruning looks at. */
export interface PruneCandidate<Id = unknown> {
  id: Id
  /** Sum of the peer's tag values. */
  value: number
  /** Who is behind it: see `hostOf`. */
  host: string
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
 * Lowest value first; among equals the newest of the host that has most of them, then those without streams, inbound
 * before outbound, and the newest: who opens connections in a flood loses its own, and who was there first stays, as in
 * js-libp2p. Protected ones are never chosen; young ones only when the others do not suffice to get under the maximum.
 */
export function choosePruned<Id>(all: readonly PruneCandidate<Id>[], policy: PrunePolicy, now: number): Id[] {
  if (all.length <= policy.maxConnections) return []
  const open = all.filter(c => !c.isProtected)
  const places = placesInHost(open)
  const placeOf = (c: PruneCandidate<Id>): number => places.get(c) ?? 0
  open.sort((a, b) => a.value - b.value || placeOf(b) - placeOf(a) || byUse(a, b))
  const isYoung = (c: PruneCandidate<Id>): boolean =>
    now - c.openedAt < policy.pruneGraceMs && placeOf(c) < MAX_YOUNG_PER_HOST
  const settled = open.filter(c => !isYoung(c)).slice(0, all.length - policy.lowWaterConnections)
  const missing = all.length - settled.length - policy.maxConnections
  const young = missing > 0 ? open.filter(isYoung).slice(0, missing) : []
  return [...settled, ...young].map(c => c.id)
}

/** The place that each has among those of its host: 0 is the most valuable and oldest. */
function placesInHost<Candidate extends PruneCandidate>(all: readonly Candidate[]): Map<Candidate, number> {
  const counts = new Map<string, number>()
  const places = new Map<Candidate, number>()
  for (const candidate of all.toSorted((a, b) => b.value - a.value || a.openedAt - b.openedAt)) {
    const place = counts.get(candidate.host) ?? 0
    places.set(candidate, place)
    counts.set(candidate.host, place + 1)
  }
  return places
}

function byUse(a: PruneCandidate, b: PruneCandidate): number {
  if ((a.streams === 0) !== (b.streams === 0)) return a.streams === 0 ? -1 : 1
  if (a.direction !== b.direction) return a.direction === 'inbound' ? -1 : 1
  return b.openedAt - a.openedAt
}

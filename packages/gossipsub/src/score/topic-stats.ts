import type { TopicScoreParams } from './params.ts'

/** What a peer did in one topic. */
export interface TopicStats {
  inMesh: boolean
  /** When it came to the mesh, and for how long it had been there at the latest decay. Milliseconds. */
  graftedAt: number
  meshTimeMs: number
  firstMessageDeliveries: number
  meshMessageDeliveries: number
  /** It has been in the mesh for long enough to be expected to deliver. */
  isMeshDeliveryExpected: boolean
  meshFailurePenalty: number
  invalidMessageDeliveries: number
}

export function newTopicStats(): TopicStats {
  return {
    ...{ inMesh: false, graftedAt: 0, meshTimeMs: 0, firstMessageDeliveries: 0, meshMessageDeliveries: 0 },
    ...{ isMeshDeliveryExpected: false, meshFailurePenalty: 0, invalidMessageDeliveries: 0 }
  }
}

/** The topic's part of the score, its weight not applied. */
export function topicScore(stats: TopicStats, params: TopicScoreParams): number {
  const p1 = stats.inMesh ? Math.min(Math.floor(stats.meshTimeMs / params.timeInMeshQuantum), params.timeInMeshCap) : 0
  return (
    p1 * params.timeInMeshWeight +
    stats.firstMessageDeliveries * params.firstMessageDeliveriesWeight +
    deficitSquared(stats, params) * params.meshMessageDeliveriesWeight +
    stats.meshFailurePenalty * params.meshFailurePenaltyWeight +
    stats.invalidMessageDeliveries ** 2 * params.invalidMessageDeliveriesWeight
  )
}

export function graft(stats: TopicStats, now: number): void {
  stats.inMesh = true
  stats.graftedAt = now
  stats.meshTimeMs = 0
  stats.isMeshDeliveryExpected = false
}

/** What is missing when a peer leaves the mesh sticks to it: leaving does not help. */
export function prune(stats: TopicStats, params: TopicScoreParams): void {
  stats.meshFailurePenalty += deficitSquared(stats, params)
  stats.inMesh = false
}

export function countFirstDelivery(stats: TopicStats, params: TopicScoreParams): void {
  stats.firstMessageDeliveries = Math.min(stats.firstMessageDeliveries + 1, params.firstMessageDeliveriesCap)
  countMeshDelivery(stats, params)
}

export function countMeshDelivery(stats: TopicStats, params: TopicScoreParams): void {
  if (stats.inMesh) {
    stats.meshMessageDeliveries = Math.min(stats.meshMessageDeliveries + 1, params.meshMessageDeliveriesCap)
  }
}

/** One decay interval has passed. */
export function decay(stats: TopicStats, params: TopicScoreParams, toZero: number, now: number): void {
  stats.firstMessageDeliveries = decayed(stats.firstMessageDeliveries, params.firstMessageDeliveriesDecay, toZero)
  stats.meshMessageDeliveries = decayed(stats.meshMessageDeliveries, params.meshMessageDeliveriesDecay, toZero)
  stats.meshFailurePenalty = decayed(stats.meshFailurePenalty, params.meshFailurePenaltyDecay, toZero)
  stats.invalidMessageDeliveries = decayed(stats.invalidMessageDeliveries, params.invalidMessageDeliveriesDecay, toZero)
  if (!stats.inMesh) return
  stats.meshTimeMs = now - stats.graftedAt
  if (stats.meshTimeMs > params.meshMessageDeliveriesActivation) stats.isMeshDeliveryExpected = true
}

/** The caps were lowered. */
export function recap(stats: TopicStats, params: TopicScoreParams): void {
  stats.firstMessageDeliveries = Math.min(stats.firstMessageDeliveries, params.firstMessageDeliveriesCap)
  stats.meshMessageDeliveries = Math.min(stats.meshMessageDeliveries, params.meshMessageDeliveriesCap)
}

export function decayed(value: number, factor: number, toZero: number): number {
  const left = value * factor
  return left < toZero ? 0 : left
}

function deficitSquared(stats: TopicStats, params: TopicScoreParams): number {
  const missing = params.meshMessageDeliveriesThreshold - stats.meshMessageDeliveries
  return stats.isMeshDeliveryExpected && missing > 0 ? missing * missing : 0
}

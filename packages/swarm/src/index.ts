/**
 * The connections of a node: upgrade pipeline, dialer, listeners, connection table, limits, protocol registry and
 * topology. It is the `Node` that services are given.
 *
 * @example
 * const swarm = createSwarm({
 *   peerId, privateKey, peerStore, logger, clock: systemClock, random: systemRandom,
 *   transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()],
 *   addresses: { listen: [multiaddr('/ip4/127.0.0.1/tcp/0')] }
 * })
 * await swarm.start()
 * const stream = await swarm.openStream(multiaddr('/ip4/…/tcp/4001/p2p/12D3Koo…'), '/echo/1.0.0')
 */

export { DialBackoff } from './backoff.ts'
export { SwarmConnection } from './connection.ts'
export { deadline } from './deadline.ts'
export type { AddressResolver } from './dial-job.ts'
export { type DialEffect, type DialInput, DialPlan } from './dial-plan.ts'
export {
  type DialAttempt,
  DialError,
  type DialStep,
  describeAttempts,
  SwarmError,
  type SwarmErrorCode
} from './errors.ts'
export { hostOf } from './host.ts'
export { type Admission, InboundLimiter } from './inbound-limiter.ts'
export { DEFAULT_LIMITS, MAX_YOUNG_PER_HOST, type SwarmLimits } from './limits.ts'
export type { Components, Factory, SwarmAddresses, SwarmOptions } from './options.ts'
export { choosePruned, type PruneCandidate, type PrunePolicy } from './pruning.ts'
export { type RankedAddress, rankAddresses } from './ranking.ts'
export { createSwarm, Swarm } from './swarm.ts'

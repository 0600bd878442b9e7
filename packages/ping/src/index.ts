/**
 * The ping protocol, `/ipfs/ping/1.0.0`: is a peer there, and how far away is it?
 *
 * @example
 * const node = await createLibp2p({ services: { ping: ping() } })
 * const ms = await node.services.ping.ping(peerId)
 * const { medianMs } = await node.services.ping.measure(peerId, { count: 20 })
 *
 * Spec: https://github.com/libp2p/specs/blob/master/ping/ping.md
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { checked, type PingOptions } from './options.ts'
import { type Ping, PingService } from './ping.ts'

export { PingError, type PingErrorCode } from './errors.ts'
export * from './limits.ts'
export type { PingOptions } from './options.ts'
export type { MeasureOptions, Ping, RoundTrips } from './ping.ts'
export { PING_PROTOCOL } from './session.ts'

/** Answers pings and sends them. Throws an `InvalidParametersError` for options out of range. */
export function ping(options: PingOptions = {}): ServiceFactory<Ping> {
  const o = checked(options)
  return node => new PingService(node, o)
}

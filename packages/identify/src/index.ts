/**
 * The identify protocols: who is at the other end, where can it be reached, and what does it speak?
 *
 * @example
 * const node = await createLibp2p({ services: { identify: identify() } })
 * node.addEventListener('peer:identify', event => console.log(event.detail.agentVersion))
 *
 * const { protocols } = await node.services.identify.identify(connection)
 *
 * Spec: https://github.com/libp2p/specs/blob/master/identify/README.md
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { type Identify, IdentifyService } from './identify.ts'
import { checked, type IdentifyOptions } from './options.ts'

export { IdentifyError, type IdentifyErrorCode } from './errors.ts'
export { IDENTIFY_PROTOCOL, IDENTIFY_PUSH_PROTOCOL } from './exchange.ts'
export type { Identify } from './identify.ts'
export * from './limits.ts'
export type { IdentifyOptions } from './options.ts'
export * from './version.ts'

/**
 * Says who we are to whoever asks, and asks everybody who connects. Throws an `InvalidParametersError` for options out
 * of range.
 */
export function identify(options: IdentifyOptions = {}): ServiceFactory<Identify> {
  const o = checked(options)
  return node => new IdentifyService(node, o)
}

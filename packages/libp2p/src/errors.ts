import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `start-failed`: a service failed to start
 * - `no-routing`: no service offers what was asked of `peerRouting` or `contentRouting`
 * - `routing-failed`: several services were asked for it and all failed, not all because it is not there; `cause` is an
 *   `AggregateError` of theirs
 */
export type NodeErrorCode = 'start-failed' | 'no-routing' | 'routing-failed'

export class NodeError extends Libp2pError<NodeErrorCode> {
  constructor(code: NodeErrorCode, message: string, options?: ErrorOptions) {
    super('NodeError', code, message, options)
  }
}

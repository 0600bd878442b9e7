import { Libp2pError } from '@ts-libp2p/interface'

/** A service failed to start, or a module is missing; the message says which and what to change. */
export class NodeError extends Libp2pError<'start-failed' | 'missing-module' | 'no-routing'> {
  constructor(code: 'start-failed' | 'missing-module' | 'no-routing', message: string, options?: ErrorOptions) {
    super('NodeError', code, message, options)
  }
}

import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `refused`: nobody listens there, or too many wait to be upgraded
 * - `address-in-use`: somebody listens there already
 * - `too-many-listeners`: the network is full
 * - `unsupported-address`: not a `/memory` address
 * - `listener-state`: `listen()` twice, or after `close()`
 * - `listener-closed`: the listener was closed while the connection was being upgraded
 */
export type MemoryErrorCode =
  | 'refused'
  | 'address-in-use'
  | 'too-many-listeners'
  | 'unsupported-address'
  | 'listener-state'
  | 'listener-closed'

export class MemoryError extends Libp2pError<MemoryErrorCode> {
  constructor(code: MemoryErrorCode, message: string, options?: ErrorOptions) {
    super('MemoryError', code, message, options)
  }
}

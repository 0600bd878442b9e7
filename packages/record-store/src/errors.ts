import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `unsupported`: the medium cannot do this: a DHT cannot be listed
 * - `too-large`: a key or value over the limits of `limits.ts`
 * - `full`: there is no room
 * - `conflict`: other writers were faster every time
 * - `damaged`: what is stored cannot be read; a valid record may be put in its place
 * - `medium-failed`: the datastore, the network or the object store failed; `cause` says how
 */
export type RecordStoreErrorCode = 'unsupported' | 'too-large' | 'full' | 'conflict' | 'damaged' | 'medium-failed'

export class RecordStoreError extends Libp2pError<RecordStoreErrorCode> {
  constructor(code: RecordStoreErrorCode, message: string, options?: ErrorOptions) {
    super('RecordStoreError', code, message, options)
  }
}

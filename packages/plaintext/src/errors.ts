import { Libp2pError } from '@ts-libp2p/interface'

/** The remote sent no exchange, or one that contradicts itself. */
export class PlaintextError extends Libp2pError<'malformed-exchange' | 'id-mismatch'> {
  constructor(code: 'malformed-exchange' | 'id-mismatch', message: string, options?: ErrorOptions) {
    super('PlaintextError', code, message, options)
  }
}

import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `missing-component`: a service of js-libp2p asks for a part of its node that ours does not have
 * - `unsupported`: it asks such a part for what ours cannot do
 */
export type CompatErrorCode = 'missing-component' | 'unsupported'

export class CompatError extends Libp2pError<CompatErrorCode> {
  constructor(code: CompatErrorCode, message: string) {
    super('CompatError', code, message)
  }
}

/** A method of js-libp2p's that has nothing to stand on here. */
export function unsupported(method: string): () => never {
  return () => {
    throw new CompatError('unsupported', `${method}() of js-libp2p has no counterpart in this node`)
  }
}

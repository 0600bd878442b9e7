import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `too-many`: as many walk already as may
 * - `timeout`: a lookup took too long; the walk goes on
 */
export type RandomWalkErrorCode = 'too-many' | 'timeout'

export class RandomWalkError extends Libp2pError<RandomWalkErrorCode> {
  constructor(code: RandomWalkErrorCode, message: string, options?: ErrorOptions) {
    super('RandomWalkError', code, message, options)
  }
}

import { SecioError } from '@ts-libp2p/secio'
import { identity } from '@ts-libp2p/testing'
import { handshake } from '../../packages/secio/src/dialogue.ts'
import { play } from '../src/quiet-stream.ts'
import { secioProposals } from '../src/secio-examples.ts'
import type { Target } from '../src/target.ts'

const { privateKey } = identity('secio')

/** The three messages of a handshake. Our part of it is made anew each time, so the last is never right. */
export const target: Target = {
  name: 'secio-handshake',
  maxBytes: 3000,
  seeds: secioProposals,
  async run(input, random) {
    await play(handshake({ privateKey, nonce: new Uint8Array(16).fill(1) }), input, random)
    throw new SecioError('authentication-failed', 'unreachable without our key')
  }
}

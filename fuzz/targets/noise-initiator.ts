import { initiator } from '@ts-libp2p/noise'
import { noiseSide, noiseTranscript } from '../src/noise-examples.ts'
import { play } from '../src/quiet-stream.ts'
import type { Target } from '../src/target.ts'

/** Message 2 of a handshake, as the dialer reads it. */
export const target: Target = {
  name: 'noise-initiator',
  maxBytes: 2000,
  seeds: async () => [(await noiseTranscript()).toInitiator],
  run: async (input, random) => void (await play(initiator(noiseSide('initiator')), input, random))
}

import { responder } from '@ts-libp2p/noise'
import { noiseSide, noiseTranscript } from '../src/noise-examples.ts'
import { play } from '../src/quiet-stream.ts'
import type { Target } from '../src/target.ts'

/** Messages 1 and 3 of a handshake, as the listener reads them. */
export const target: Target = {
  name: 'noise-responder',
  maxBytes: 2000,
  seeds: async () => [(await noiseTranscript()).toResponder],
  run: async (input, random) => void (await play(responder(noiseSide('responder')), input, random))
}

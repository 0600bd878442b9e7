import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { listener } from '../../packages/multistream-select/src/dialogue.ts'
import { play } from '../src/quiet-stream.ts'
import type { Target } from '../src/target.ts'

const line = (text: string): Uint8Array => lengthPrefixed(fromUtf8(`${text}\n`))
const HEADER = line('/multistream/1.0.0')
const SPOKEN = new Set(['/noise', '/yamux/1.0.0', '/ipfs/id/1.0.0'])

/** What somebody who connects says to a listener. */
export const target: Target = {
  name: 'multistream-listener',
  maxBytes: 3000,
  seeds: () => [
    concat([HEADER, line('/noise')]),
    concat([HEADER, line('/tls/1.0.0'), line('ls'), line('/yamux/1.0.0')]),
    concat([HEADER, line('na'), line('')])
  ],
  run: async (input, random) => void (await play(listener(SPOKEN), input, random))
}

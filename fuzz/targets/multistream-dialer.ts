import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { dialer } from '../../packages/multistream-select/src/dialogue.ts'
import { play } from '../src/quiet-stream.ts'
import type { Target } from '../src/target.ts'

const line = (text: string): Uint8Array => lengthPrefixed(fromUtf8(`${text}\n`))
const HEADER = line('/multistream/1.0.0')

/** What a listener answers to somebody who dials. */
export const target: Target = {
  name: 'multistream-dialer',
  maxBytes: 3000,
  seeds: () => [
    concat([HEADER, line('/noise')]),
    concat([HEADER, line('na'), line('/tls/1.0.0')]),
    concat([HEADER, line('na'), line('na')])
  ],
  run: async (input, random) => void (await play(dialer(['/noise', '/tls/1.0.0']), input, random))
}

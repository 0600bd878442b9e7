import { fromUtf8 } from '@ts-libp2p/bytes'
import { formatKey, parseKey } from '@ts-libp2p/pnet'
import type { Target } from '../src/target.ts'

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i)

/** Files with the key of a private network. */
export const target: Target = {
  name: 'pnet-key',
  maxBytes: 400,
  seeds: () => [
    fromUtf8(formatKey(KEY)),
    fromUtf8(`/key/swarm/psk/1.0.0/\n/base64/\n${btoa(String.fromCharCode(...KEY))}\n`),
    fromUtf8(`/key/swarm/psk/1.0.0/\n/bin/\n${'x'.repeat(32)}`)
  ],
  run: input => void parseKey(input)
}

import { fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { pnet } from '@ts-libp2p/pnet'
import { feed, quietStream, settled } from '../src/quiet-stream.ts'
import type { Target } from '../src/target.ts'

const protector = pnet({ psk: new Uint8Array(32).fill(3), remoteStart: new Uint8Array(0) })({
  random: { bytes: length => new Uint8Array(length), float: () => 0.5 }
})

/** What comes from a peer of a private network: a nonce, then anything. */
export const target: Target = {
  name: 'pnet-stream',
  seeds: () => [new Uint8Array(24), new Uint8Array(500).fill(9), lengthPrefixed(fromUtf8('/multistream/1.0.0\n'))],
  async run(input, random) {
    const raw = quietStream()
    const protecting = settled(protector.protect(raw))
    feed(raw, input, random)
    const stream = await protecting
    for await (const chunk of stream) chunk.subarray()
  }
}

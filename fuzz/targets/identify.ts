import { concat, lengthPrefixed } from '@ts-libp2p/bytes'
import { MAX_LISTEN_ADDRS, MAX_MESSAGES, MAX_PROTOCOLS } from '@ts-libp2p/identify'
import { readClaims } from '../../packages/identify/src/claims.ts'
import { readMessages } from '../../packages/identify/src/exchange.ts'
import { identifiedPeer, identifyMessages } from '../src/examples.ts'
import { feed, quietStream, settled } from '../src/quiet-stream.ts'
import { must, type Target } from '../src/target.ts'

/** What a peer says of itself, from the first byte of the stream to the claims that are stored. */
export const target: Target = {
  name: 'identify',
  seeds: async () => {
    const messages = await identifyMessages()
    return [...messages.map(m => lengthPrefixed(m)), concat(messages.map(m => lengthPrefixed(m)))]
  },
  async run(input, random) {
    const stream = quietStream()
    const reading = readMessages(stream, MAX_MESSAGES, {})
    feed(stream, input, random)
    const claims = await readClaims(await settled(reading), identifiedPeer())
    must((claims.listenAddrs?.length ?? 0) <= MAX_LISTEN_ADDRS, 'too many addresses')
    must((claims.protocols?.length ?? 0) <= MAX_PROTOCOLS, 'too many protocols')
  }
}

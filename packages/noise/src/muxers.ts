import { NoiseError } from './errors.ts'

/**
 * The muxer that both sides come to by themselves: the first of the initiator's that the responder has too. Undefined
 * when either sent no list: then it is negotiated after the handshake. Throws when there are lists and nothing in common.
 *
 * The initiator's order decides whoever asks, else two differently ordered lists give each side another muxer.
 * Spec: https://github.com/libp2p/specs/blob/master/connections/inlined-muxer-negotiation.md
 */
export function chooseMuxer(initiators: readonly string[], responders: readonly string[]): string | undefined {
  if (initiators.length === 0 || responders.length === 0) return undefined
  const known = new Set(responders)
  const chosen = initiators.find(muxer => known.has(muxer))
  if (chosen !== undefined) return chosen
  const lists = `${quoted(initiators)} against ${quoted(responders)}`
  throw new NoiseError('no-common-muxer', `the two sides have no muxer in common: ${lists}`)
}

function quoted(muxers: readonly string[]): string {
  return JSON.stringify(muxers).slice(0, 100)
}

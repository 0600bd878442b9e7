import type { Multiaddr } from '@ts-libp2p/interface'
import { CODE_P2P, CODE_P2P_CIRCUIT } from './codes.ts'
import { type Span, spanValue } from './decode.ts'
import { cut, join, multiaddr, spansOf } from './multiaddr.ts'

/**
 * The peer an address leads to, base58btc: its last `p2p` after any `p2p-circuit`. Undefined when it names none, or
 * only the relay.
 *
 * @example
 * peerIdOf(multiaddr('/ip4/1.2.3.4/tcp/4001/p2p/QmRelay/p2p-circuit/p2p/QmTarget')) // 'QmTarget'
 */
export function peerIdOf(ma: Multiaddr): string | undefined {
  const span = targetOf(ma)
  return span && spanValue(ma.bytes, span)
}

/**
 * The address with this peer at its end, in place of one that it leads to. An address that ends in a `unix` path
 * cannot carry a peer and comes back as it is.
 */
export function withPeerId(ma: Multiaddr, id: { toString(): string }): Multiaddr {
  const text = id.toString()
  if (peerIdOf(ma) === text || spansOf(ma).at(-1)?.protocol.path === true) return multiaddr(ma)
  return join(withoutPeerId(ma), multiaddr(`/p2p/${text}`))
}

/** The address without the peer at its end; a relay's stays. */
export function withoutPeerId(ma: Multiaddr): Multiaddr {
  const span = targetOf(ma)
  return span?.end === ma.bytes.byteLength ? cut(ma, 0, span.start) : multiaddr(ma)
}

function targetOf(ma: Multiaddr): Span | undefined {
  let target: Span | undefined
  for (const span of spansOf(ma)) {
    if (span.protocol.code === CODE_P2P_CIRCUIT) target = undefined
    else if (span.protocol.code === CODE_P2P) target = span
  }
  return target
}

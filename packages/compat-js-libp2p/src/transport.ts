import type { Transport as TheirTransport } from '@libp2p/interface'
import { InvalidParametersError, isTransport, type Transport } from '@ts-libp2p/interface'

/**
 * One of our transports for a js-libp2p node. It is theirs as it stands, but for its type: their contract asks for a
 * `unique symbol` of their package, and TypeScript takes ours, the same at run time, for another.
 *
 * @example
 * createLibp2p({ transports: [asLibp2p(tcp()), asLibp2p(webSockets())] })
 */
export function asLibp2p<Components>(
  factory: (components: Components) => Transport
): (components: Components) => TheirTransport
export function asLibp2p(transport: Transport): TheirTransport
export function asLibp2p<Components>(
  given: Transport | ((components: Components) => Transport)
): TheirTransport | ((components: Components) => TheirTransport) {
  return typeof given === 'function' ? components => branded(given(components)) : branded(given)
}

function branded(transport: Transport): TheirTransport {
  if (isTransport(transport)) return transport as unknown as TheirTransport
  throw new InvalidParametersError(
    'a transport needs the property `[transportSymbol]: true`: without it nobody knows it'
  )
}

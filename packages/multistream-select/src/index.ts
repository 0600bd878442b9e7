/**
 * Agrees on a protocol for a connection or a stream: multistream-select 1.0.0.
 *
 * @example
 * // dialer
 * const protocol = await select(stream, ['/chat/2.0.0', '/chat/1.0.0'], { signal })
 * // dialer with a single protocol: no round trip
 * selectOptimistic(stream, '/chat/2.0.0')
 * stream.send(hello) // leaves with the proposal
 * // listener
 * const protocol = await handle(stream, handlers, { signal }) // handlers: Map<string, Handler>
 *
 * Spec: https://github.com/libp2p/specs/blob/master/connections/README.md#multistream-select
 */
export * from './dialogue.ts'
export * from './errors.ts'
export * from './limits.ts'
export { decodeLine, encodeLine, encodeListing, encodeOpening, MULTISTREAM } from './line.ts'
export * from './select.ts'

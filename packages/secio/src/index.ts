/**
 * The secio channel, `/secio/1.0.0`: deprecated, and only for peers that have nothing else.
 *
 * @example
 * const encrypter = secio()({ privateKey })
 * const { connection, remotePeer } = await encrypter.secureOutbound(raw, { remotePeer: expected, signal })
 *
 * Spec: https://github.com/libp2p/specs/blob/master/secio/README.md
 */
export type { Cipher, Exchange, Hash, Preferences } from './algorithms.ts'
export * from './errors.ts'
export * from './limits.ts'
export * from './secio.ts'
export { type Keys, stretch } from './stretch.ts'

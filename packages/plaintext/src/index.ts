/**
 * `/plaintext/2.0.0`: both sides say who they are, then send as they would without. For tests only: nothing is
 * encrypted and nothing is proven.
 *
 * @example
 * const encrypter = plaintext()({ privateKey })
 * const { connection, remotePeer } = await encrypter.secureOutbound(raw, { signal })
 *
 * Spec: https://github.com/libp2p/specs/blob/master/plaintext/README.md
 */
export * from './errors.ts'
export * from './exchange.ts'
export * from './limits.ts'
export * from './plaintext.ts'

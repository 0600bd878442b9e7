/**
 * The Noise security channel, `/noise`: Noise_XX_25519_ChaChaPoly_SHA256 with libp2p identities.
 *
 * @example
 * const encrypter = noise()({ privateKey })
 * const { connection, remotePeer } = await encrypter.secureOutbound(raw, { remotePeer: expected, signal })
 *
 * Spec: https://github.com/libp2p/specs/blob/master/noise/README.md
 */

export * from './channel.ts'
export { CipherState } from './cipher-state.ts'
export * from './dialogue.ts'
export * from './errors.ts'
export * from './handshake-state.ts'
export * from './limits.ts'
export * from './muxers.ts'
export * from './noise.ts'
export type { NoiseExtensions } from './payload.ts'
export { type Proof, VerifiedProofs } from './verified-proofs.ts'

/**
 * Peer ids: from keys, text, bytes and CIDs, and back.
 *
 * @example
 * import { generateKeyPair } from '@ts-libp2p/crypto'
 * import { peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/peer-id'
 * const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
 * peerIdFromString(id.toString()).equals(id) // true
 *
 * Follows https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
 */
export * from './errors.ts'
export * from './from.ts'
export * from './limits.ts'
export { peerIdToBytes } from './peer-id.ts'

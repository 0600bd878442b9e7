/**
 * Signed envelopes and the peer records in them: where a peer can be reached, provably said by that peer.
 *
 * @example
 * const envelope = await createPeerRecord({ privateKey, addresses, seq: BigInt(Date.now()) })
 * const { peerId, addresses, seq } = await openPeerRecord(envelope.marshal())
 *
 * Envelopes follow https://github.com/libp2p/specs/blob/master/RFC/0002-signed-envelopes.md, peer records
 * https://github.com/libp2p/specs/blob/master/RFC/0003-routing-records.md with the domain and payload type of the
 * public network.
 */
export { openEnvelope, parseEnvelope, SignedEnvelope, sealRecord } from './envelope.ts'
export * from './errors.ts'
export * from './limits.ts'
export * from './peer-record.ts'
export * from './signed-peer-record.ts'

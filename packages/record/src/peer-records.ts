/**
 * Signed envelopes and the peer records in them, without what the DHT stores: all that a node needs to start.
 *
 * @example
 * import { createPeerRecord, openPeerRecord } from '@ts-libp2p/record/peer-records'
 */
export { openEnvelope, parseEnvelope, payloadOf, SignedEnvelope, sealRecord } from './envelope.ts'
export * from './errors.ts'
export * from './limits.ts'
export * from './peer-record.ts'
export * from './signed-peer-record.ts'

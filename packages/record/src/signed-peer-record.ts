import { bytesEqual } from '@ts-libp2p/bytes'
import type { AbortOptions, Multiaddr, PeerId, PrivateKey } from '@ts-libp2p/interface'
import { peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'
import { matchesPublicKey, peerIdFromPrivateKey, peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { checkSignature, readEnvelope, type SignedEnvelope, sealRecord, wrongPayloadType } from './envelope.ts'
import { RecordError } from './errors.ts'
import { NETWORK_FORM, PeerRecord, type PeerRecordForm, RFC_FORM } from './peer-record.ts'

export interface CreatePeerRecordOptions extends AbortOptions {
  privateKey: PrivateKey
  /** Our own peer id at their end is left out: the record names it once. */
  addresses: readonly Multiaddr[]
  /** Higher than that of every record before, of earlier runs too: the time in milliseconds or nanoseconds serves. */
  seq: bigint
}

export interface OpenPeerRecordOptions extends AbortOptions {
  /** Refuse the record of any other peer. */
  expectedPeer?: PeerId
}

/** A peer record whose signature was checked. */
export interface OpenedPeerRecord {
  /** The peer that signed it and that it is about; always with its public key. */
  peerId: PeerId
  addresses: Multiaddr[]
  seq: bigint
  envelope: SignedEnvelope
}

/** Signs where we can be reached, in the form that the public network reads. */
export async function createPeerRecord(options: CreatePeerRecordOptions): Promise<SignedEnvelope> {
  const { privateKey, addresses, seq, signal } = options
  const peerId = peerIdFromPrivateKey(privateKey)
  const self = peerId.toString()
  const multiaddrs = addresses.map(ma => (peerIdOf(ma) === self ? withoutPeerId(ma) : ma))
  return await sealRecord(new PeerRecord({ peerId, multiaddrs, seqNumber: seq }), privateKey, { signal })
}

/**
 * Reads a signed peer record, in the network's form or in that of RFC 0003, and checks that the peer it is about
 * signed it. Payload and signature of the envelope are views of `bytes`; the addresses are not.
 *
 * Throws a `RecordError`, with any of its codes.
 */
export async function openPeerRecord(
  bytes: Uint8Array,
  options: OpenPeerRecordOptions = {}
): Promise<OpenedPeerRecord> {
  const envelope = await readEnvelope(bytes)
  await checkSignature(envelope, formOf(envelope).domain, options)
  const record = PeerRecord.decode(envelope.payload)
  checkSigner(envelope, record, options.expectedPeer)
  return {
    peerId: peerIdFromPublicKey(envelope.publicKey),
    addresses: [...record.multiaddrs],
    seq: record.seqNumber,
    envelope
  }
}

function formOf(envelope: SignedEnvelope): PeerRecordForm {
  for (const form of [NETWORK_FORM, RFC_FORM]) if (bytesEqual(envelope.payloadType, form.codec)) return form
  throw wrongPayloadType(envelope)
}

function checkSigner({ publicKey }: SignedEnvelope, record: PeerRecord, expected: PeerId | undefined): void {
  if (!matchesPublicKey(record.peerId, publicKey)) {
    const signer = peerIdFromPublicKey(publicKey)
    throw new RecordError('wrong-signer', `${signer} signed a record about ${record.peerId}`)
  }
  if (expected !== undefined && !matchesPublicKey(expected, publicKey)) {
    throw new RecordError('unexpected-peer', `the record is of ${record.peerId}, not of ${expected}`)
  }
}

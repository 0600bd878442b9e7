import { bytesEqual, fromUtf8 } from '@ts-libp2p/bytes'
import type { Multiaddr, PeerId, Record } from '@ts-libp2p/interface'
import { InvalidParametersError } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromBytes, peerIdToBytes } from '@ts-libp2p/peer-id'
import { RecordError } from './errors.ts'
import { MAX_RECORD_ADDRESS_BYTES, MAX_RECORD_ADDRESSES, MAX_SEQ } from './limits.ts'
import { type AddressInfo, PeerRecord as PeerRecordMessage } from './pb/peer-record.js'

/** A way to seal peer records: the domain they are signed in and the payload type they are told by. */
export interface PeerRecordForm {
  readonly domain: string
  readonly codec: Uint8Array
}

/** What go-libp2p, js-libp2p and the public network use. */
export const NETWORK_FORM: PeerRecordForm = { domain: 'libp2p-peer-record', codec: Uint8Array.of(0x03, 0x01) }

/** What RFC 0003 says and rust-libp2p's readers still expect. */
export const RFC_FORM: PeerRecordForm = {
  domain: 'libp2p-routing-state',
  codec: fromUtf8('/libp2p/routing-state-record')
}

/** Where a peer can be reached, as it says itself. Of two records of one peer, the higher `seqNumber` is newer. */
export class PeerRecord implements Record {
  readonly domain: string = NETWORK_FORM.domain
  readonly codec: Uint8Array = NETWORK_FORM.codec
  readonly peerId: PeerId
  readonly multiaddrs: readonly Multiaddr[]
  /** A uint64: 0 to 2^64 - 1. */
  readonly seqNumber: bigint

  /** Throws an `InvalidParametersError` for a sequence number or addresses that a reader would not accept. */
  constructor(fields: { peerId: PeerId; multiaddrs: readonly Multiaddr[]; seqNumber: bigint }) {
    checkFields(fields.multiaddrs, fields.seqNumber)
    this.peerId = fields.peerId
    this.multiaddrs = fields.multiaddrs
    this.seqNumber = fields.seqNumber
  }

  /**
   * Reads the payload of an envelope. Addresses that cannot be read are left out, as other implementations do: a peer
   * may use transports that we have not heard of.
   *
   * Throws a `RecordError`: `malformed` or `too-large`.
   */
  static decode(bytes: Uint8Array): PeerRecord {
    const { peerId, seq, addresses } = decodeMessage(bytes)
    if (addresses.length > MAX_RECORD_ADDRESSES) {
      throw new RecordError('too-large', `peer record has ${addresses.length} addresses of ${MAX_RECORD_ADDRESSES}`)
    }
    return new PeerRecord({
      peerId: readPeerId(peerId),
      multiaddrs: addresses.flatMap(readAddress),
      seqNumber: seq
    })
  }

  /** The payload: the same bytes for the same record. */
  marshal(): Uint8Array<ArrayBuffer> {
    return PeerRecordMessage.encode({
      peerId: peerIdToBytes(this.peerId),
      seq: this.seqNumber,
      addresses: this.multiaddrs.map(({ bytes }) => ({ multiaddr: bytes }))
    }).finish()
  }

  equals(other: Record): boolean {
    return bytesEqual(this.codec, other.codec) && bytesEqual(this.marshal(), other.marshal())
  }
}

function checkFields(multiaddrs: readonly Multiaddr[], seq: bigint): void {
  if (seq < 0n || seq > MAX_SEQ) throw new InvalidParametersError(`a sequence number is a uint64, not ${seq}`)
  if (multiaddrs.length > MAX_RECORD_ADDRESSES) {
    throw new InvalidParametersError(`a peer record holds ${MAX_RECORD_ADDRESSES} addresses, not ${multiaddrs.length}`)
  }
  const long = multiaddrs.find(({ bytes }) => bytes.byteLength > MAX_RECORD_ADDRESS_BYTES)
  if (long === undefined) return
  throw new InvalidParametersError(`an address in a peer record is over ${MAX_RECORD_ADDRESS_BYTES} bytes: ${long}`)
}

function decodeMessage(bytes: Uint8Array): PeerRecordMessage {
  try {
    return PeerRecordMessage.decode(bytes)
  } catch (cause) {
    throw new RecordError('malformed', `not a peer record: ${bytes.byteLength} bytes of broken protobuf`, { cause })
  }
}

function readPeerId(bytes: Uint8Array): PeerId {
  try {
    return peerIdFromBytes(bytes)
  } catch (cause) {
    throw new RecordError('malformed', 'peer record without a usable peer id', { cause })
  }
}

function readAddress({ multiaddr: bytes }: AddressInfo): Multiaddr[] {
  if (bytes.byteLength === 0 || bytes.byteLength > MAX_RECORD_ADDRESS_BYTES) return []
  try {
    return [multiaddr(bytes)]
  } catch {
    return []
  }
}

import type { AbortOptions, Node, Record } from '@ts-libp2p/interface'
import { peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'
import { NETWORK_FORM, PeerRecord, type PeerRecordForm, sealRecord } from '@ts-libp2p/record'
import { MAX_RECORD_BYTES } from './limits.ts'

/** Where we can be reached, signed, with as many of our addresses as a point takes. */
export async function ownRecord(node: Node, form: PeerRecordForm, options: AbortOptions): Promise<Uint8Array> {
  const self = String(node.peerId)
  // Nanoseconds, as in the records of identify: of two records of a peer the higher number is newer.
  const seqNumber = BigInt(Math.floor(node.clock.now())) * 1_000_000n
  let multiaddrs = node.addresses().map(ma => (peerIdOf(ma) === self ? withoutPeerId(ma) : ma))
  for (;;) {
    const record = new PeerRecord({ peerId: node.peerId, multiaddrs, seqNumber })
    const bytes = (await sealRecord(inForm(record, form), node.privateKey, options)).marshal()
    if (bytes.byteLength <= MAX_RECORD_BYTES || multiaddrs.length === 0) return bytes
    multiaddrs = multiaddrs.slice(0, Math.floor(multiaddrs.length / 2))
  }
}

function inForm(record: PeerRecord, form: PeerRecordForm): Record {
  if (form === NETWORK_FORM) return record
  return { ...form, marshal: () => record.marshal(), equals: other => record.equals(other) }
}

import { bytesEqual } from '@ts-libp2p/bytes'
import type { Address, Peer, Tag } from '@ts-libp2p/interface'
import { inlinesKey } from './entry.ts'

/** Whether an update changed nothing that can be seen. */
export function samePeer(a: Peer, b: Peer): boolean {
  return (
    (a.id === b.id || inlinesKey(a.id) || (a.id.publicKey === undefined) === (b.id.publicKey === undefined)) &&
    sameList(a.addresses, b.addresses, sameAddress) &&
    sameList(a.protocols, b.protocols, Object.is) &&
    sameMap(a.metadata, b.metadata, bytesEqual) &&
    sameMap(a.tags, b.tags, sameTag) &&
    sameBytes(a.peerRecordEnvelope, b.peerRecordEnvelope)
  )
}

function sameAddress(a: Address, b: Address): boolean {
  return a.isCertified === b.isCertified && bytesEqual(a.multiaddr.bytes, b.multiaddr.bytes)
}

function sameTag(a: Tag, b: Tag): boolean {
  return a.value === b.value
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && bytesEqual(a, b))
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => same(item, b[i] as T)))
}

function sameMap<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>, same: (a: T, b: T) => boolean): boolean {
  if (a === b) return true
  if (a.size !== b.size) return false
  for (const [key, value] of a) {
    const other = b.get(key)
    if (other === undefined || !same(value, other)) return false
  }
  return true
}

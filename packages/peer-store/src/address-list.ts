import { bytesEqual } from '@ts-libp2p/bytes'
import type { Multiaddr } from '@ts-libp2p/interface'
import type { StoredAddress } from './entry.ts'
import type { GivenAddresses } from './given.ts'
import { MAX_ADDRESSES_PER_PEER } from './limits.ts'

type Addresses = readonly StoredAddress[]

/**
 * Addresses after an update. Certified and other addresses are replaced or added to apart from each other; an unsigned
 * list never displaces certified ones: only the peer itself takes those back, with a newer record.
 */
export function mixAddresses(known: Addresses, given: GivenAddresses, isMerge: boolean, expiresAt: number): Addresses {
  const certified = known.filter(address => address.isCertified)
  const others = isMerge ? known.filter(address => !address.isCertified) : []
  const signed = added(isMerge || given.signed.length === 0 ? certified : [], given.signed, true, expiresAt)
  return join(refreshed(signed, given.unsigned, expiresAt), added(others, given.unsigned, false, expiresAt))
}

/** Addresses after a newer signed record, whose addresses these are. */
export function certifiedAnew(known: Addresses, given: readonly Multiaddr[], expiresAt: number): Addresses {
  return join(
    added([], given, true, expiresAt),
    known.filter(address => !address.isCertified)
  )
}

function join(certified: Addresses, others: Addresses): Addresses {
  return Object.freeze([...certified, ...others.filter(({ multiaddr }) => !includes(certified, multiaddr))])
}

/** Adds addresses behind those known; over the limit, those that expire first make room. */
function added(known: Addresses, given: readonly Multiaddr[], isCertified: boolean, expiresAt: number): Addresses {
  if (given.length === 0) return known
  const all = refreshed(known, given, expiresAt)
  for (const multiaddr of given.slice(0, MAX_ADDRESSES_PER_PEER)) {
    if (!includes(all, multiaddr)) all.push(Object.freeze({ multiaddr, isCertified, expiresAt }))
  }
  return all.length <= MAX_ADDRESSES_PER_PEER ? all : longestLived(all)
}

/** Stable: of two that expire together, the one known longer makes room. */
function longestLived(all: Addresses): Addresses {
  const dropped = all.length - MAX_ADDRESSES_PER_PEER
  const doomed = new Set([...all].sort((a, b) => a.expiresAt - b.expiresAt).slice(0, dropped))
  return all.filter(address => !doomed.has(address))
}

function refreshed(known: Addresses, given: readonly Multiaddr[], expiresAt: number): StoredAddress[] {
  return known.map(address =>
    address.expiresAt < expiresAt && given.some(({ bytes }) => bytesEqual(bytes, address.multiaddr.bytes))
      ? Object.freeze({ ...address, expiresAt })
      : address
  )
}

function includes(addresses: Addresses, { bytes }: Multiaddr): boolean {
  return addresses.some(({ multiaddr }) => bytesEqual(multiaddr.bytes, bytes))
}

import { bytesEqual } from '@ts-libp2p/bytes'
import { InvalidParametersError, type Multiaddr } from '@ts-libp2p/interface'
import type { StoredAddress } from './entry.ts'
import type { GivenAddresses } from './given.ts'
import { MAX_ADDRESSES_PER_PEER, MAX_SOURCE_LENGTH } from './limits.ts'

type Addresses = readonly StoredAddress[]

/** What an update says of all its addresses. */
export interface AddressOrigin {
  readonly expiresAt: number
  readonly source?: string
}

/**
 * Addresses after an update. Certified and other addresses are replaced or added to apart from each other; an unsigned
 * list never displaces certified ones: only the peer itself takes those back, with a newer record.
 */
export function mixAddresses(
  known: Addresses,
  given: GivenAddresses,
  isMerge: boolean,
  origin: AddressOrigin
): Addresses {
  const certified = known.filter(address => address.isCertified)
  const others = isMerge ? known.filter(address => !address.isCertified) : []
  const signed = added(isMerge || given.signed.length === 0 ? certified : [], given.signed, true, origin)
  return join(refreshed(signed, given.unsigned, origin.expiresAt), added(others, given.unsigned, false, origin))
}

/** Addresses after a newer signed record, whose addresses these are. */
export function certifiedAnew(known: Addresses, given: readonly Multiaddr[], origin: AddressOrigin): Addresses {
  return join(
    added([], given, true, origin),
    known.filter(address => !address.isCertified)
  )
}

function join(certified: Addresses, others: Addresses): Addresses {
  return Object.freeze([...certified, ...others.filter(({ multiaddr }) => !includes(certified, multiaddr))])
}

/** Adds addresses behind those known; over the limit, those that expire first make room. */
function added(known: Addresses, given: readonly Multiaddr[], isCertified: boolean, origin: AddressOrigin): Addresses {
  if (given.length === 0) return known
  const all = refreshed(known, given, origin.expiresAt)
  for (const multiaddr of given.slice(0, MAX_ADDRESSES_PER_PEER)) {
    if (!includes(all, multiaddr)) all.push(Object.freeze({ multiaddr, isCertified, ...origin }))
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

/** Throws an `InvalidParametersError` for a name that is too long. */
export function originOf(expiresAt: number, source: string | undefined): AddressOrigin {
  if (source === undefined) return { expiresAt }
  if (source.length <= MAX_SOURCE_LENGTH) return { expiresAt, source }
  throw new InvalidParametersError(`\`source\` has ${source.length} characters, ${MAX_SOURCE_LENGTH} are allowed`)
}

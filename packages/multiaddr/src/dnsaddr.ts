import { bytesEqual } from '@ts-libp2p/bytes'
import type { Multiaddr } from '@ts-libp2p/interface'
import { CODE_P2P_CIRCUIT } from './codes.ts'
import { MultiaddrError } from './errors.ts'
import { cut, join, multiaddr, spansOf } from './multiaddr.ts'

const PREFIX = 'dnsaddr='

/** Where the TXT records of a `/dnsaddr` name are. */
export function recordName(name: string): string {
  return `_dnsaddr.${name}`
}

/**
 * What `/dnsaddr/…` stands for, from the TXT records of its name: of the addresses in them, those that end as it does
 * behind the name, so that `/dnsaddr/x/p2p/Q` only leads to Q. What follows a `/p2p-circuit` is no part of that, and is
 * put behind each. Other records, and malformed ones, are left out.
 */
export function answersTo(ma: Multiaddr, records: readonly string[]): Multiaddr[] {
  const [name, ...rest] = spansOf(ma)
  const start = name?.end ?? 0
  const middle = rest.find(span => span.protocol.code === CODE_P2P_CIRCUIT)?.start ?? ma.bytes.byteLength
  const ending = ma.bytes.subarray(start, middle)
  return records
    .filter(record => record.startsWith(PREFIX))
    .map(record => parsed(record.slice(PREFIX.length)))
    .filter(entry => entry !== undefined)
    .filter(entry => endsWith(entry, ending))
    .map(entry => (middle === ma.bytes.byteLength ? entry : joined(entry, cut(ma, middle))))
    .filter(entry => entry !== undefined)
}

function parsed(text: string): Multiaddr | undefined {
  return attempt(() => multiaddr(text))
}

function joined(head: Multiaddr, tail: Multiaddr): Multiaddr | undefined {
  return attempt(() => join(head, tail))
}

function attempt(make: () => Multiaddr): Multiaddr | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof MultiaddrError) return undefined
    throw error
  }
}

function endsWith(ma: Multiaddr, ending: Uint8Array): boolean {
  const at = ma.bytes.byteLength - ending.byteLength
  if (ending.byteLength === 0) return ma.bytes.byteLength > 0
  return spansOf(ma).some(({ start }) => start === at) && bytesEqual(ma.bytes.subarray(at), ending)
}

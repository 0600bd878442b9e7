import { sha256 } from '@ts-libp2p/crypto'
import type { PeerId, Random } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'

/** The names that a network of ours goes by. Source: libp2p/specs discovery/mdns.md, RFC 6763. */
export interface ServiceNames {
  /** `_p2p._udp.local`, or `_p2p-<fingerprint>._udp.local` in a private network. */
  readonly peers: string
  /** The same for records. Not in the spec. */
  readonly records: string
}

/** What DNS-SD browsers ask for to see all services of a network. Source: RFC 6763 §9. */
export const ALL_SERVICES = '_services._dns-sd._udp.local'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

export function serviceNames(fingerprint?: string): ServiceNames {
  const suffix = fingerprint === undefined ? '' : `-${fingerprint}`
  return { peers: `_p2p${suffix}._udp.local`, records: `_p2prec${suffix}._udp.local` }
}

/** What a run of a node is called: chosen at random, so that it tells nothing, neither who nor that it was here before. */
export function randomInstance(random: Random): string {
  return base32(random.bytes(25))
}

/**
 * Where a certain peer is asked for: a DNS-SD subtype (RFC 6763 §7.1) named by a hash of its id, so that who does not
 * know the peer does not learn whom is asked for.
 */
export function lookupName(peer: PeerId, { peers }: ServiceNames): string {
  return `_${base32(sha256(peerIdToBytes(peer)))}._sub.${peers}`
}

/** Where the record of a key is: named by a hash, since a label is short and knows no case. */
export function recordName(key: Uint8Array, { records }: ServiceNames): string {
  return `${base32(sha256(key))}.${records}`
}

/** DNS knows no case, and a dot at the end or none is the same. */
export function isName(a: string, b: string): boolean {
  return canonical(a) === canonical(b)
}

/** Whether `name` is directly below `parent`. */
export function isBelow(name: string, parent: string): boolean {
  const dot = canonical(name).indexOf('.')
  return dot > 0 && canonical(name).slice(dot + 1) === canonical(parent)
}

/** Whether a name is one label, below nothing. */
export function isLabel(name: string): boolean {
  return name.length > 0 && !canonical(name).includes('.')
}

export function canonical(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}

/** Five bits a letter: 52 of them for a hash. */
function base32(bytes: Uint8Array): string {
  let out = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) out += LETTERS[(value >>> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return bits === 0 ? out : out + LETTERS[(value << (5 - bits)) & 31]
}

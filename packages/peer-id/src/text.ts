import { decodeBase58, decodeMultibase, NOT_BASE58 } from '@ts-libp2p/bytes'
import { PeerIdError } from './errors.ts'
import { MAX_TEXT_LENGTH } from './limits.ts'

const CID_VERSION = 0x01
const LIBP2P_KEY = 0x72
const CID_HEADER_BYTES = 2

/** The bases that CIDs of keys come in, by their prefixes. */
const BASES: Readonly<Record<string, string>> = {
  ...{ z: 'base58btc', u: 'base64url', f: 'base16', F: 'base16' },
  ...{ b: 'base32', B: 'base32', k: 'base36', K: 'base36' }
}

/** True for base58btc of a multihash, false for a CID. No multibase prefix is `1` or `Q`. */
export function isBare(text: string): boolean {
  return text.startsWith('1') || text.startsWith('Qm')
}

/** The multihash that a text stands for, not yet looked into. Throws a `PeerIdError` (`invalid-text`). */
export function multihashOfText(text: string): Uint8Array {
  if (text.length > MAX_TEXT_LENGTH) throw invalidText(text, `is longer than ${MAX_TEXT_LENGTH} characters`)
  const bytes = isBare(text) ? bytesOfBase58(text) : multihashOfCid(text)
  if (bytes === undefined) throw invalidText(text, 'has a character that is not base58btc')
  return bytes
}

function bytesOfBase58(text: string): Uint8Array | undefined {
  const target = new Uint8Array(text.length)
  const end = decodeBase58(text, 0, text.length, target, 0)
  return end === NOT_BASE58 ? undefined : target.slice(0, end)
}

export function invalidText(text: string, why: string, cause?: unknown): PeerIdError {
  return new PeerIdError('invalid-text', `peer id ${JSON.stringify(text.slice(0, MAX_TEXT_LENGTH))} ${why}`, { cause })
}

function multihashOfCid(text: string): Uint8Array {
  const base = BASES[text.charAt(0)]
  if (base === undefined) throw invalidText(text, 'is neither base58btc of a multihash nor a CIDv1')
  const bytes = decodeMultibase(text)
  if (bytes === undefined) throw invalidText(text, `is not ${base}`)
  if (bytes[0] !== CID_VERSION || bytes[1] !== LIBP2P_KEY) throw invalidText(text, 'is not a CIDv1 of a libp2p key')
  return bytes.slice(CID_HEADER_BYTES)
}

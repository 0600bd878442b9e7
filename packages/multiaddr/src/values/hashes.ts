import {
  BASE64_URL,
  BytesError,
  Cursor,
  decodeBase58,
  decodeMultibase,
  encodeBase,
  encodeBase58
} from '@ts-libp2p/bytes'
import { MAX_MULTIHASH_BYTES, MAX_MULTIHASH_CHARS } from '../limits.ts'
import { INVALID, never, put, type ValueCodec } from './codec.ts'

const IDENTITY = 0x00
const SHA2_256 = 0x12
const CID_V1 = 1
const LIBP2P_KEY = 0x72

/**
 * A multihash, identity or SHA2-256. Read as base58btc or as a CIDv1 of the `libp2p-key` codec in any multibase,
 * printed as base58btc: https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
 */
export const peerId: ValueCodec = {
  expects: 'a peer id',
  parse(text, start, end, target, at) {
    if (end - start > MAX_MULTIHASH_CHARS) return INVALID
    const stop = isBase58(text, start)
      ? decodeBase58(text, start, end, target, at)
      : parseCid(text.slice(start, end), target, at)
    if (stop === INVALID || stop > target.byteLength) return stop
    return isPeerMultihash(target, at, stop) ? stop : INVALID
  },
  check: isPeerMultihash,
  format: encodeBase58,
  printsAsRead: isBase58
}

/** A multihash of a certificate, in any multibase; printed as base64url. */
export const certhash: ValueCodec = {
  expects: 'a multihash in multibase',
  parse(text, start, end, target, at) {
    if (end - start > MAX_MULTIHASH_CHARS) return INVALID
    const bytes = decodeMultibase(text.slice(start, end))
    if (bytes === undefined || !isMultihash(bytes, 0, bytes.byteLength)) return INVALID
    return put(bytes, target, at)
  },
  check: isMultihash,
  format: (bytes, start, end) => `u${encodeBase(bytes.subarray(start, end), BASE64_URL)}`,
  printsAsRead: never
}

/** How `Qm…` and `12D3Koo…` begin, and no CIDv1 does. */
function isBase58(text: string, start: number): boolean {
  return text.charCodeAt(start) === 0x31 || (text.charCodeAt(start) === 0x51 && text.charCodeAt(start + 1) === 0x6d)
}

function parseCid(text: string, target: Uint8Array, at: number): number {
  const cid = decodeMultibase(text)
  if (cid === undefined || cid[0] !== CID_V1 || cid[1] !== LIBP2P_KEY) return INVALID
  return put(cid.subarray(2), target, at)
}

function isPeerMultihash(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 3 || length > MAX_MULTIHASH_BYTES || bytes[start + 1] !== length - 2) return false
  return bytes[start] === IDENTITY || (bytes[start] === SHA2_256 && length === 34)
}

function isMultihash(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MAX_MULTIHASH_BYTES) return false
  try {
    const cursor = new Cursor(bytes, start, end)
    cursor.varint()
    return cursor.varint() === cursor.remaining
  } catch (error) {
    if (error instanceof BytesError) return false
    throw error
  }
}

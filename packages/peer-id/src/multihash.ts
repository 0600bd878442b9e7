import type { KeyType } from '@ts-libp2p/interface'
import { PeerIdError } from './errors.ts'

/** `type` and length of a multihash, then the tags and lengths of the key's protobuf where it is inlined. */
interface Form {
  readonly type: KeyType
  readonly prefix: readonly number[]
  readonly length: number
}

/**
 * Every form of a peer id. The keys' protobuf is deterministic, so an inlined key always begins with the same bytes,
 * and only Ed25519 and secp256k1 keys are short enough for it.
 * https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md#peer-ids
 */
const FORMS: readonly Form[] = [
  { type: 'Ed25519', prefix: [0x00, 0x24, 0x08, 0x01, 0x12, 0x20], length: 38 },
  { type: 'RSA', prefix: [0x12, 0x20], length: 34 },
  { type: 'secp256k1', prefix: [0x00, 0x25, 0x08, 0x02, 0x12, 0x21], length: 39 }
]

/** Bytes ahead of the digest, or of the key's protobuf: the multihash's code and length. */
export const HEADER_BYTES = 2

const IDENTITY = 0x00

/** `RSA` stands for every key that is hashed. Throws a `PeerIdError` (`invalid-multihash`). */
export function typeOfMultihash(bytes: Uint8Array): KeyType {
  for (const form of FORMS) if (hasForm(bytes, form)) return form.type
  throw new PeerIdError('invalid-multihash', `${bytes.byteLength} bytes are not the multihash of a public key`)
}

export function isInlined(multihash: Uint8Array): boolean {
  return multihash[0] === IDENTITY
}

function hasForm(bytes: Uint8Array, form: Form): boolean {
  if (bytes.byteLength !== form.length) return false
  for (let i = 0; i < form.prefix.length; i++) if (bytes[i] !== form.prefix[i]) return false
  return true
}

import { bytesEqual } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf, sha256 } from '@ts-libp2p/crypto'
import type {
  Ed25519PeerId,
  Ed25519PrivateKey,
  Ed25519PublicKey,
  PeerId,
  PrivateKey,
  PublicKey,
  RSAPeerId,
  RSAPrivateKey,
  RSAPublicKey,
  Secp256k1PeerId,
  Secp256k1PrivateKey,
  Secp256k1PublicKey
} from '@ts-libp2p/interface'
import type { CID } from 'multiformats/cid'
import type { MultihashDigest } from 'multiformats/hashes/interface'
import { PeerIdError } from './errors.ts'
import { HEADER_BYTES, isInlined } from './multihash.ts'
import { createPeerId, peerIdToBytes } from './peer-id.ts'
import { invalidText, isBare, multihashOfText } from './text.ts'

const LIBP2P_KEY = 0x72

/** The id of a key. That of an ECDSA key has the type `RSA`, which stands for every key that is hashed. */
export function peerIdFromPublicKey(key: Ed25519PublicKey): Ed25519PeerId
export function peerIdFromPublicKey(key: Secp256k1PublicKey): Secp256k1PeerId
export function peerIdFromPublicKey(key: RSAPublicKey): RSAPeerId
export function peerIdFromPublicKey(key: PublicKey): PeerId
export function peerIdFromPublicKey(publicKey: PublicKey): PeerId {
  const bytes = publicKey.toMultihash().bytes.slice()
  // A key within the id is read when it is asked for: a node keeps thousands of ids, and hardly ever asks.
  return createPeerId(bytes, isInlined(bytes) ? undefined : { publicKey })
}

/** The id of the public half. The private half is not kept. */
export function peerIdFromPrivateKey(key: Ed25519PrivateKey): Ed25519PeerId
export function peerIdFromPrivateKey(key: Secp256k1PrivateKey): Secp256k1PeerId
export function peerIdFromPrivateKey(key: RSAPrivateKey): RSAPeerId
export function peerIdFromPrivateKey(key: PrivateKey): PeerId
export function peerIdFromPrivateKey(key: PrivateKey): PeerId {
  return peerIdFromPublicKey(key.publicKey)
}

/**
 * Text that begins with `1` or `Qm` is base58btc of the multihash; anything else is a CIDv1 with the codec
 * `libp2p-key` in base16, 32, 36, 58btc or 64url. Throws a `PeerIdError` (`invalid-text`).
 * https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md#decoding
 */
export function peerIdFromString(text: string): PeerId {
  const multihash = multihashOfText(text)
  try {
    return createPeerId(multihash, isBare(text) ? { text } : undefined)
  } catch (cause) {
    throw invalidText(text, 'is not of a public key', cause)
  }
}

/** Throws a `PeerIdError` (`invalid-multihash`). The bytes are copied. */
export function peerIdFromMultihash(multihash: MultihashDigest | Uint8Array): PeerId {
  return peerIdFromBytes(multihash instanceof Uint8Array ? multihash : multihash.bytes)
}

/** The id of the multihash that peer ids are on the wire. Throws a `PeerIdError` (`invalid-multihash`). Copies. */
export function peerIdFromBytes(multihash: Uint8Array): PeerId {
  return createPeerId(new Uint8Array(multihash))
}

/**
 * The id of a CIDv1 with the codec `libp2p-key`, or of a CIDv0, which is what CID parsers take a bare `Qm…` for.
 * Throws a `PeerIdError` (`invalid-cid`, `invalid-multihash`).
 */
export function peerIdFromCID(cid: CID): PeerId {
  if (cid.version === 1 && cid.code !== LIBP2P_KEY) {
    throw new PeerIdError('invalid-cid', `a CID with codec 0x${cid.code.toString(16)} is not of a libp2p key`)
  }
  return peerIdFromBytes(cid.multihash.bytes)
}

/**
 * Whether `key` is the one that `id` stands for. Also true for a hash of a key that is short enough to be inlined:
 * old nodes have such ids.
 */
export function matchesPublicKey(id: PeerId, key: PublicKey): boolean {
  const multihash = peerIdToBytes(id)
  const protobuf = publicKeyToProtobuf(key)
  return bytesEqual(multihash.subarray(HEADER_BYTES), isInlined(multihash) ? protobuf : sha256(protobuf))
}

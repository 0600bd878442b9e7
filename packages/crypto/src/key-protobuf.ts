import { Cursor, encodeVarint } from '@ts-libp2p/bytes'
import type { KeyType } from '@ts-libp2p/interface'
import { CryptoError } from './errors.ts'
import { MAX_KEY_BYTES } from './limits.ts'

/** `KeyType` of the keys' protobuf, by its number. */
export const KEY_TYPES: readonly KeyType[] = ['RSA', 'Ed25519', 'secp256k1', 'ECDSA']

const TYPE_TAG = 0x08
const DATA_TAG = 0x12

export interface EncodedKey {
  readonly type: KeyType
  /** A copy. */
  readonly data: Uint8Array
}

/**
 * `PublicKey` and `PrivateKey` share one form, `{ Type = 1, Data = 2 }`, which the spec makes deterministic: both
 * fields, in this order, shortest varints and nothing else, so that a key has one peer id.
 * https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md#keys
 */
export function encodeKey(type: KeyType, data: Uint8Array): Uint8Array {
  const length = encodeVarint(data.byteLength)
  const out = new Uint8Array(3 + length.byteLength + data.byteLength)
  out.set([TYPE_TAG, KEY_TYPES.indexOf(type), DATA_TAG])
  out.set(length, 3)
  out.set(data, 3 + length.byteLength)
  return out
}

/** Throws a `CryptoError`: `invalid-key` for any other form, `unsupported-key` for a type that has no name. */
export function decodeKey(bytes: Uint8Array): EncodedKey {
  if (bytes.byteLength > MAX_KEY_BYTES) throw new CryptoError('invalid-key', `a key of ${bytes.byteLength} bytes`)
  try {
    return readKey(new Cursor(bytes))
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause
    throw new CryptoError('invalid-key', 'malformed key protobuf', { cause })
  }
}

function readKey(cursor: Cursor): EncodedKey {
  expectTag(cursor, TYPE_TAG)
  const number = cursor.varint()
  const type = KEY_TYPES[number]
  if (type === undefined) throw new CryptoError('unsupported-key', `key type ${number} is not known`)
  expectTag(cursor, DATA_TAG)
  const data = new Uint8Array(cursor.take(cursor.varint()))
  if (cursor.remaining > 0) throw new CryptoError('invalid-key', `${cursor.remaining} bytes behind the key's protobuf`)
  return { type, data }
}

function expectTag(cursor: Cursor, tag: number): void {
  const found = cursor.u8()
  if (found !== tag) throw new CryptoError('invalid-key', `key protobuf has tag ${found} where ${tag} belongs`)
}

/** What `read` makes of the bytes. Throws a `CryptoError` (`invalid-key`) for whatever is wrong with them. */
export function parse<Key>(read: (raw: Uint8Array) => Key, raw: Uint8Array): Key {
  try {
    return read(raw)
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause
    throw new CryptoError('invalid-key', 'malformed key', { cause })
  }
}

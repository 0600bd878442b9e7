import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf } from '@ts-libp2p/crypto'
import type { PublicKey } from '@ts-libp2p/interface'
import { OctetString, Sequence } from 'asn1js'
import { parseDer } from './der.ts'
import { TlsError } from './errors.ts'

/** Of the certificate extension that binds an identity to the certificate's key. */
export const IDENTITY_OID = '1.3.6.1.4.1.53594.1.1'

const PREFIX = fromUtf8('libp2p-tls-handshake:')

/** An identity, and its signature over a certificate's key: `SignedKey` of the spec. */
export interface SignedKey {
  /** As a protobuf. */
  readonly publicKey: Uint8Array
  readonly signature: Uint8Array
}

/** What the identity signs: that this key, as SubjectPublicKeyInfo DER, speaks for it. */
export function signedBytes(certificateKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([PREFIX, certificateKey])
}

export function encodeSignedKey({ publicKey, signature }: SignedKey): Uint8Array<ArrayBuffer> {
  const value = [publicKey, signature].map(bytes => new OctetString({ valueHex: bytes.slice().buffer }))
  return new Uint8Array(new Sequence({ value }).toBER())
}

/** Throws a `TlsError` (`malformed-identity`). */
export function decodeSignedKey(der: Uint8Array): { publicKey: PublicKey; signature: Uint8Array } {
  const element = parseDer(der)
  const parts = element instanceof Sequence ? element.valueBlock.value : []
  const [publicKey, signature] = parts
  if (parts.length !== 2 || !(publicKey instanceof OctetString) || !(signature instanceof OctetString)) {
    throw new TlsError('malformed-identity', 'the extension of the certificate is no key with a signature')
  }
  return { publicKey: decodeKey(publicKey), signature: signature.valueBlock.valueHexView }
}

function decodeKey(key: OctetString): PublicKey {
  try {
    return publicKeyFromProtobuf(key.valueBlock.valueHexView)
  } catch (cause) {
    throw new TlsError('malformed-identity', 'the certificate has an identity key that cannot be read', { cause })
  }
}

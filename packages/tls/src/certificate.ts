import { publicKeyToProtobuf, systemRandom } from '@ts-libp2p/crypto'
import type { PrivateKey, Random } from '@ts-libp2p/interface'
import { encodeSignedKey, IDENTITY_OID, signedBytes } from './identity.ts'
import { SERIAL_BYTES } from './limits.ts'
import type { Certificate, CertificateKeyType } from './pem.ts'
import { generateKeyPair, selfSigned } from './self-signed.ts'

export interface CertificateOptions {
  /** Of the certificate's own key. Every implementation reads P-256, the default; Ed25519 not all. */
  keyType?: CertificateKeyType
  /** Where the serial number comes from. Default: the system. */
  random?: Random
  /** Milliseconds since the Unix epoch; it is valid from an hour before. Default: now. */
  nowMs?: number
}

/** A self-signed certificate with a fresh key that speaks for the identity. Throws what signing with the identity does. */
export async function createCertificate(
  identity: PrivateKey,
  { keyType = 'P-256', random = systemRandom, nowMs = Date.now() }: CertificateOptions = {}
): Promise<Certificate> {
  const keys = generateKeyPair(keyType)
  const certificateKey = keys.publicKey.export({ type: 'spki', format: 'der' })
  const signedKey = encodeSignedKey({
    publicKey: publicKeyToProtobuf(identity.publicKey),
    signature: await identity.sign(signedBytes(certificateKey))
  })
  // Not critical: js-libp2p makes it critical, go-libp2p does not, and all read both.
  const extensions = [{ oid: IDENTITY_OID, isCritical: false, value: signedKey }]
  return selfSigned({ keyType, keys, extensions, serial: random.bytes(SERIAL_BYTES), nowMs })
}

import { X509Certificate } from 'node:crypto'
import type { PublicKey } from '@ts-libp2p/interface'
import { TlsError } from './errors.ts'
import { readExtensions } from './extensions.ts'
import { decodeSignedKey, IDENTITY_OID, signedBytes } from './identity.ts'
import { MAX_CERTIFICATE_BYTES } from './limits.ts'

/**
 * The identity that a certificate speaks for, once everything that the spec asks of it holds. That the remote has the
 * certificate's key is for TLS to prove.
 *
 * Rejects with a `TlsError`: `malformed-certificate`, `not-yet-valid`, `expired`, `invalid-self-signature`,
 * `unknown-critical-extension`, `no-identity`, `malformed-identity` or `invalid-signature`.
 */
export async function verifyCertificate(der: Uint8Array, nowMs: number): Promise<PublicKey> {
  const certificate = parse(der)
  checkValidity(certificate, nowMs)
  const { publicKey, signature } = decodeSignedKey(identityExtension(der))
  checkSelfSignature(certificate)
  const certificateKey = certificate.publicKey.export({ type: 'spki', format: 'der' })
  if (await publicKey.verify(signedBytes(certificateKey), signature)) return publicKey
  throw new TlsError('invalid-signature', 'the identity in the certificate did not sign the key of the certificate')
}

function parse(der: Uint8Array): X509Certificate {
  if (der.byteLength > MAX_CERTIFICATE_BYTES) {
    throw new TlsError('malformed-certificate', `the remote's certificate has ${der.byteLength} bytes`)
  }
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw new TlsError('malformed-certificate', "the remote's certificate cannot be read", { cause })
  }
}

function checkValidity({ validFrom, validTo }: X509Certificate, nowMs: number): void {
  if (!(nowMs >= Date.parse(validFrom))) {
    throw new TlsError('not-yet-valid', `the remote's certificate is valid from ${validFrom}: is a clock wrong?`)
  }
  if (!(nowMs <= Date.parse(validTo))) {
    throw new TlsError('expired', `the remote's certificate was valid until ${validTo}: is a clock wrong?`)
  }
}

// Any key may be in a certificate; OpenSSL throws for those that it cannot verify with.
function checkSelfSignature(certificate: X509Certificate): void {
  let cause: unknown
  try {
    if (certificate.verify(certificate.publicKey)) return
  } catch (err) {
    cause = err
  }
  throw new TlsError('invalid-self-signature', "the remote's certificate is not signed by its own key", { cause })
}

/** Searched by its name: it may stand anywhere. Extensions that we do not know must not be critical. */
function identityExtension(der: Uint8Array): Uint8Array {
  const extensions = readExtensions(der)
  const unknown = extensions.find(({ oid, isCritical }) => isCritical && oid !== IDENTITY_OID)
  if (unknown !== undefined) {
    throw new TlsError(
      'unknown-critical-extension',
      `the remote's certificate has a critical extension that we do not know, ${unknown.oid}`
    )
  }
  const [identity, another] = extensions.filter(({ oid }) => oid === IDENTITY_OID)
  if (identity === undefined) {
    throw new TlsError('no-identity', `the remote's certificate says nothing of a peer: no extension ${IDENTITY_OID}`)
  }
  if (another !== undefined) throw new TlsError('malformed-identity', "the remote's certificate has two identities")
  return identity.value
}

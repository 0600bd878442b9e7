/**
 * The TLS 1.3 security channel, `/tls/1.0.0`, on Node's own TLS.
 *
 * @example
 * const encrypter = tls()({ privateKey })
 * const { connection, remotePeer } = await encrypter.secureOutbound(raw, { remotePeer: expected, signal })
 *
 * Spec: https://github.com/libp2p/specs/blob/master/tls/tls.md
 */
export { type CertificateOptions, createCertificate } from './certificate.ts'
export { TlsError, type TlsErrorCode } from './errors.ts'
export * from './limits.ts'
export type { Certificate, CertificateKeyType } from './pem.ts'
export * from './tls.ts'
export { verifyCertificate } from './verify.ts'

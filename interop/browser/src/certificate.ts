/** The test certificate, made for 127.0.0.1 and localhost, and how Chromium is told to take it. */
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../../packages/transport-ws/test/fixtures/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8')

export function readCertificate(): { key: string; cert: string } {
  return { key: read('key.pem'), cert: read('cert.pem') }
}

/** The option of Chromium that trusts this certificate's key, and no other, without an authority. */
export function trustOption(): string {
  const key = new X509Certificate(readCertificate().cert).publicKey.export({ type: 'spki', format: 'der' })
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`
}

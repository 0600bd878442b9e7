import { verifyCertificate } from '@ts-libp2p/tls'
import { certificates, NOW_MS } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

/** Certificates of whoever connects with TLS, looked at before anything else is known of them. */
export const target: Target = {
  name: 'tls-certificate',
  seeds: certificates,
  run: async input => void (await verifyCertificate(input, NOW_MS))
}

import { X509Certificate } from 'node:crypto'
import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { PrivateKey } from '@ts-libp2p/interface'
import type { Extension } from '../src/extensions.ts'
import { encodeSignedKey, IDENTITY_OID, signedBytes } from '../src/identity.ts'
import type { Certificate } from '../src/pem.ts'
import { generateKeyPair, type KeyPair, selfSigned } from '../src/self-signed.ts'

export const derOf = ({ cert }: Certificate): Uint8Array => new Uint8Array(new X509Certificate(cert).raw)

/** A sound certificate but for its extensions, which `choose` makes of what belongs there. */
export async function forge(
  identity: PrivateKey,
  choose: (identity: Extension, keys: KeyPair) => readonly Extension[]
): Promise<Certificate> {
  const keys = generateKeyPair('P-256')
  const key = keys.publicKey.export({ type: 'spki', format: 'der' })
  const value = encodeSignedKey({
    publicKey: publicKeyToProtobuf(identity.publicKey),
    signature: await identity.sign(signedBytes(key))
  })
  const extensions = choose({ oid: IDENTITY_OID, isCritical: false, value }, keys)
  return selfSigned({ keyType: 'P-256', keys, extensions, serial: new Uint8Array(8), nowMs: Date.now() })
}

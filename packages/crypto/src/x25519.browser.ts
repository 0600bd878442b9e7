import { concat, fromHex } from '@ts-libp2p/bytes'
import { fromBase64Url } from './base64-url.ts'
import { CryptoError } from './errors.ts'
import { systemRandom } from './random.ts'
import { owned, subtleFor } from './webcrypto.ts'

/** One end of a Diffie-Hellman agreement. */
export interface Agreement {
  readonly publicKey: Uint8Array
  sharedSecret(remotePublicKey: Uint8Array): Promise<Uint8Array>
}

// WebCrypto is faster than JavaScript by far, and takes no download; noble is loaded where it has no X25519.
const noble = (): Promise<typeof import('./curve25519.noble.ts')> => import('./curve25519.noble.ts')

const ALGORITHM = 'X25519'
/** PKCS#8 (RFC 8410) up to the 32 bytes of the key. */
const PRIVATE_PREFIX = fromHex('302e020100300506032b656e04220420')

export async function generateAgreement(): Promise<Agreement> {
  const subtle = await subtleFor(ALGORITHM)
  if (subtle === undefined) return agreement(systemRandom.bytes(32))
  const { privateKey, publicKey } = (await subtle.generateKey(ALGORITHM, false, ['deriveBits'])) as CryptoKeyPair
  return native(subtle, privateKey, new Uint8Array(await subtle.exportKey('raw', publicKey)))
}

/** `raw` has 32 bytes. */
export async function agreement(raw: Uint8Array): Promise<Agreement> {
  const subtle = await subtleFor(ALGORITHM)
  if (subtle === undefined) return ofNoble(raw)
  const key = await subtle.importKey('pkcs8', concat([PRIVATE_PREFIX, raw]), ALGORITHM, true, ['deriveBits'])
  return native(subtle, key, fromBase64Url((await subtle.exportKey('jwk', key)).x))
}

function native(subtle: SubtleCrypto, privateKey: CryptoKey, publicKey: Uint8Array): Agreement {
  const derive = async (remotePublicKey: Uint8Array): Promise<Uint8Array> => {
    const remote = await subtle.importKey('raw', owned(remotePublicKey), ALGORITHM, true, [])
    return new Uint8Array(await subtle.deriveBits({ name: ALGORITHM, public: remote }, privateKey, 256))
  }
  return { publicKey, sharedSecret: remotePublicKey => derive(remotePublicKey).catch(rethrow) }
}

async function ofNoble(raw: Uint8Array): Promise<Agreement> {
  const curve = await noble()
  const derive = async (remotePublicKey: Uint8Array): Promise<Uint8Array> => curve.sharedSecret(raw, remotePublicKey)
  return {
    publicKey: curve.publicKeyOfX25519(raw),
    sharedSecret: remotePublicKey => derive(remotePublicKey).catch(rethrow)
  }
}

/** Both refuse to return a secret of zeros. */
function rethrow(cause: unknown): never {
  throw new CryptoError('bad-shared-secret', 'the remote X25519 key has small order', { cause })
}

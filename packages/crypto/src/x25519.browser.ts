import { importPrivate, noble, publicOf } from './curve25519.browser.ts'
import { CryptoError } from './errors.ts'
import { systemRandom } from './random.ts'
import { owned, subtleFor } from './webcrypto.ts'

/** One end of a Diffie-Hellman agreement. */
export interface Agreement {
  readonly publicKey: Uint8Array
  sharedSecret(remotePublicKey: Uint8Array): Promise<Uint8Array>
}

const ALGORITHM = 'X25519'

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
  const key = await importPrivate(subtle, ALGORITHM, raw, true)
  return native(subtle, key, await publicOf(subtle, key))
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

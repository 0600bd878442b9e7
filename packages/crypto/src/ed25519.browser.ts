import { concat, fromHex } from '@ts-libp2p/bytes'
import { fromBase64Url } from './base64-url.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'
import { owned, subtleFor } from './webcrypto.ts'

// WebCrypto is faster than JavaScript by far, and takes no download; noble is loaded where it has no Ed25519.
const noble = (): Promise<typeof import('./curve25519.noble.ts')> => import('./curve25519.noble.ts')

const ALGORITHM = 'Ed25519'
/** PKCS#8 (RFC 8410) up to the 32 bytes of the seed. */
const PRIVATE_PREFIX = fromHex('302e020100300506032b657004220420')

/** `seed` has 32 bytes. */
export async function publicKeyOfSeed(seed: Uint8Array): Promise<Uint8Array> {
  const subtle = await subtleFor(ALGORITHM)
  if (subtle === undefined) return (await noble()).publicKeyOfSeed(seed)
  const key = await subtle.importKey('pkcs8', pkcs8(seed), ALGORITHM, true, ['sign'])
  return fromBase64Url((await subtle.exportKey('jwk', key)).x)
}

export function signer(seed: Uint8Array): Signer {
  let key: Promise<CryptoKey> | undefined
  return async data => {
    const subtle = await subtleFor(ALGORITHM)
    if (subtle === undefined) return (await noble()).sign(data, seed)
    key ??= subtle.importKey('pkcs8', pkcs8(seed), ALGORITHM, false, ['sign'])
    return new Uint8Array(await subtle.sign(ALGORITHM, await key, owned(data)))
  }
}

export function verifier(raw: Uint8Array): Verifier {
  let key: Promise<CryptoKey> | undefined
  return async (data, signature) => {
    const subtle = await subtleFor(ALGORITHM)
    const other = subtle === undefined ? await noble() : undefined
    try {
      if (subtle === undefined) return other?.verify(signature, data, raw) === true
      key ??= subtle.importKey('raw', owned(raw), ALGORITHM, false, ['verify'])
      return await subtle.verify(ALGORITHM, await key, owned(signature), owned(data))
    } catch {
      // A signature of another length, or a key that is no point.
      return false
    }
  }
}

function pkcs8(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([PRIVATE_PREFIX, seed])
}

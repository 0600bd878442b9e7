import { importPrivate, noble, publicOf } from './curve25519.browser.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'
import { owned, subtleFor } from './webcrypto.ts'

const ALGORITHM = 'Ed25519'

/** `seed` has 32 bytes. */
export async function publicKeyOfSeed(seed: Uint8Array): Promise<Uint8Array> {
  const subtle = await subtleFor(ALGORITHM)
  if (subtle === undefined) return (await noble()).publicKeyOfSeed(seed)
  return publicOf(subtle, await importPrivate(subtle, ALGORITHM, seed, true))
}

export function signer(seed: Uint8Array): Signer {
  let key: Promise<CryptoKey> | undefined
  return async data => {
    const subtle = await subtleFor(ALGORITHM)
    if (subtle === undefined) return (await noble()).sign(data, seed)
    key ??= importPrivate(subtle, ALGORITHM, seed, false)
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

import { base16, base16upper } from 'multiformats/bases/base16'
import {
  base32,
  base32hex,
  base32hexpad,
  base32hexpadupper,
  base32hexupper,
  base32pad,
  base32padupper,
  base32upper,
  base32z
} from 'multiformats/bases/base32'
import { base36, base36upper } from 'multiformats/bases/base36'
import { base58btc, base58flickr } from 'multiformats/bases/base58'
import { base64, base64pad, base64url, base64urlpad } from 'multiformats/bases/base64'

// Those in use first.
const BASES = [
  base64url,
  base58btc,
  base32,
  base36,
  base16,
  base64,
  base64pad,
  base64urlpad,
  base16upper,
  base32upper,
  base36upper,
  base58flickr,
  base32pad,
  base32padupper,
  base32hex,
  base32hexupper,
  base32hexpad,
  base32hexpadupper,
  base32z
]

/** The bytes of multibase text, or undefined when it is none. */
export function decodeMultibase(text: string): Uint8Array | undefined {
  const base = BASES.find(base => text.startsWith(base.prefix))
  try {
    return base?.decode(text)
  } catch {
    return undefined
  }
}

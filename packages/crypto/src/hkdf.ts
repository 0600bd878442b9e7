import { concat } from '@ts-libp2p/bytes'
import { hmacSha256 } from './hmac.ts'

/**
 * HKDF as Noise (section 4.3) uses it: RFC 5869 with SHA-256, the chaining key as salt and no info.
 * Two or three outputs of 32 bytes each.
 */
export function hkdfSha256(chainingKey: Uint8Array, inputKeyMaterial: Uint8Array, outputs: 2 | 3): Uint8Array[] {
  const key = hmacSha256(chainingKey, inputKeyMaterial)
  const out: Uint8Array[] = []
  for (let i = 1; i <= outputs; i++) {
    const previous = out.at(-1) ?? new Uint8Array(0)
    out.push(hmacSha256(key, concat([previous, Uint8Array.of(i)])))
  }
  return out
}

import { BASE64_URL, decodeBase, EMPTY_BYTES, encodeBase } from '@ts-libp2p/bytes'

/** Without padding, as JSON Web Keys have it. */
export function toBase64Url(bytes: Uint8Array): string {
  return encodeBase(bytes, BASE64_URL)
}

/** No bytes for text that is none, or undefined. */
export function fromBase64Url(text = ''): Uint8Array {
  return decodeBase(text, BASE64_URL) ?? EMPTY_BYTES
}

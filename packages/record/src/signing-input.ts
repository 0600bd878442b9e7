import { fromUtf8, varintLength, writeVarint } from '@ts-libp2p/bytes'

/**
 * What the signature covers: domain, payload type and payload, each with its length before it.
 * Source: libp2p/specs RFC 0002, "Signature Production / Verification".
 */
export function signingInput(domain: string, payloadType: Uint8Array, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = [fromUtf8(domain), payloadType, payload]
  const length = parts.reduce((sum, { byteLength }) => sum + varintLength(byteLength) + byteLength, 0)
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    at = writeVarint(part.byteLength, out, at)
    out.set(part, at)
    at += part.byteLength
  }
  return out
}

import { type BaseBlock, fromBER } from 'asn1js'

/** The one element that these bytes are, or undefined when they are none. For some malformed content the parser throws. */
export function parseDer(bytes: Uint8Array): BaseBlock | undefined {
  try {
    const { result, offset } = fromBER(bytes)
    return offset === bytes.byteLength ? result : undefined
  } catch {
    return undefined
  }
}

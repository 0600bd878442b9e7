import { BASE64, decodeBase, EMPTY_BYTES, encodeBase } from '@ts-libp2p/bytes'
import { idFromBytes, idToBytes, type MessageId } from '@ts-libp2p/pubsub'

/** The text that js-libp2p has for ids: base64, padded. */
export function idToBase64(id: MessageId): string {
  const text = encodeBase(idToBytes(id), BASE64)
  return text + '='.repeat(-text.length & 3)
}

/** Empty, which is no id, for text that is not base64. */
export function idFromBase64(text: string): MessageId {
  return idFromBytes(decodeBase(text, BASE64) ?? EMPTY_BYTES)
}

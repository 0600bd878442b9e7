import { idFromBytes, idToBytes, type MessageId } from '@ts-libp2p/pubsub'
import { base64pad } from 'multiformats/bases/base64'

/** The text that js-libp2p has for ids. */
export function idToBase64(id: MessageId): string {
  return base64pad.baseEncode(idToBytes(id))
}

/** Empty, which is no id, for text that is not base64. */
export function idFromBase64(text: string): MessageId {
  try {
    return idFromBytes(base64pad.baseDecode(text))
  } catch {
    return ''
  }
}

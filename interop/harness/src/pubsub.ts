/** What a peer's publish/subscribe is to be like. The peers read it as JSON in the variable `PUBSUB`. */
export interface PubsubSettings {
  router: 'gossipsub' | 'floodsub'
  /** Whether messages are signed, and others refused: StrictSign or StrictNoSign. */
  signed: boolean
  /** Message ids: as the implementation has them, or the text that a message begins with. */
  ids: 'own' | 'text'
  floodPublish: boolean
  doPX: boolean
  heartbeatMs: number
  /** Heartbeats for which messages are kept, and told of. */
  historyHeartbeats: number
  unsubscribeBackoffMs: number
  maxMessageBytes: number
  /** Messages may come in parts, as test-plans' gossipsub-interop has them. In Rust they always may, in js never. */
  partial: boolean
}

/** What a peer wants of a topic's messages in parts: to get them, and send them, or only to send them to who wants them. */
export type PartialWish = 'requests' | 'supports'

/** Quick heartbeats, and as long a memory for messages as with slow ones: the machine may be busy. */
export const PUBSUB_DEFAULTS: PubsubSettings = {
  router: 'gossipsub',
  signed: true,
  ids: 'own',
  floodPublish: false,
  doPX: false,
  heartbeatMs: 100,
  historyHeartbeats: 100,
  unsubscribeBackoffMs: 1000,
  maxMessageBytes: 2 * 1024 * 1024,
  partial: false
}

/** A message as the peers tell of it: what they publish is a text, and dots up to so many bytes. */
export interface ReceivedText {
  text: string
  bytes: number
}

export function writeText(text: string, bytes: number): Uint8Array {
  return new TextEncoder().encode(text.padEnd(bytes, '.'))
}

export function readText(data: Uint8Array): ReceivedText {
  return { text: new TextDecoder().decode(data).replace(/\.+$/, ''), bytes: data.byteLength }
}

/** The message id of `ids: 'text'`. */
export function textBytes(data: Uint8Array): Uint8Array {
  const end = data.indexOf('.'.charCodeAt(0))
  return end < 0 ? data : data.subarray(0, end)
}

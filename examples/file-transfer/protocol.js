// What both ends know: a message with the file's name and size, then its bytes; in return, messages with what arrived.
export const FILE_TRANSFER = '/file-transfer/1.0.0'

/** Bytes of a message: a name has 255 at most. */
export const MESSAGE_LIMIT = { limitBytes: 2048 }

export function encode(message) {
  return new TextEncoder().encode(JSON.stringify(message))
}

export function decode(bytes) {
  return JSON.parse(new TextDecoder().decode(bytes))
}

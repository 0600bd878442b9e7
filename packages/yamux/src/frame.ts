import { readU32, writeU32 } from '@ts-libp2p/bytes'

/** https://github.com/libp2p/specs/blob/master/yamux/README.md#framing */
export const HEADER_BYTES = 12
export const VERSION = 0

export const DATA = 0
export const WINDOW_UPDATE = 1
export const PING = 2
export const GO_AWAY = 3

export const SYN = 1
export const ACK = 2
export const FIN = 4
export const RST = 8

export const GO_AWAY_NORMAL = 0
export const GO_AWAY_PROTOCOL_ERROR = 1
export const GO_AWAY_INTERNAL_ERROR = 2

export interface Header {
  version: number
  type: number
  flags: number
  /** 0 is the session itself. */
  id: number
  /** Data: bytes of the body. WindowUpdate: credit added, or the error code of a reset. Ping: an echo. GoAway: a code. */
  length: number
}

/** Reads the 12 bytes at `at` into `header`, which is returned: one object serves a whole session. */
export function readHeader(bytes: Uint8Array, at: number, header: Header): Header {
  header.version = bytes[at] as number
  header.type = bytes[at + 1] as number
  header.flags = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
  header.id = readU32(bytes, at + 4)
  header.length = readU32(bytes, at + 8)
  return header
}

export function writeHeader(
  target: Uint8Array,
  at: number,
  type: number,
  flags: number,
  id: number,
  length: number
): void {
  target[at] = VERSION
  target[at + 1] = type
  target[at + 2] = flags >>> 8
  target[at + 3] = flags
  writeU32(id, target, at + 4)
  writeU32(length, target, at + 8)
}

/** A frame without a body. */
export function encodeHeader(type: number, flags: number, id: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES)
  writeHeader(bytes, 0, type, flags, id, length)
  return bytes
}

import { varintLength, writeVarint } from '@ts-libp2p/bytes'

/** https://github.com/libp2p/specs/blob/master/mplex/README.md#message-format */
export const NEW_STREAM = 0
export const MESSAGE = 1
export const CLOSE = 3
export const RESET = 5
/** Added to `MESSAGE`, `CLOSE` and `RESET` by the side that opened the stream. */
export const BY_INITIATOR = 1
export const LAST_FLAG = 6

export interface Tag {
  readonly id: number
  readonly flag: number
}

/** Splits a header. Not by shifting: ids may have 50 bits. */
export function splitHeader(header: number): Tag {
  const flag = header % 8
  return { id: (header - flag) / 8, flag }
}

export function prefixLength(id: number, flag: number, bodyBytes: number): number {
  return varintLength(id * 8 + flag) + varintLength(bodyBytes)
}

/** Writes header and length; returns the offset behind them. */
export function writePrefix(target: Uint8Array, at: number, id: number, flag: number, bodyBytes: number): number {
  return writeVarint(bodyBytes, target, writeVarint(id * 8 + flag, target, at))
}

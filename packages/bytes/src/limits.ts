/** Bytes of an unsigned varint. The multiformats spec stops at 9 (63 bits); 8 of them hold every safe integer. */
export const MAX_VARINT_BYTES = 8

/** Bytes of one length-prefixed message when the reader names no limit. js-libp2p's default is the same 4 MiB. */
export const MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024

/** Bytes of an unsigned varint. The multiformats spec stops at 9 (63 bits); 8 of them hold every safe integer. */
export const MAX_VARINT_BYTES = 8

/** Bytes of one length-prefixed message when the reader names no limit. js-libp2p's default is the same 4 MiB. */
export const MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024

/** Groups within groups in a field that is skipped. protobufjs and Google's readers stop at 100. */
export const MAX_GROUP_DEPTH = 100

/** The largest buffer that is kept for the next protobuf message to be written. */
export const MAX_KEPT_SCRATCH_BYTES: number = 64 * 1024

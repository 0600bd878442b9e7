import { concat, encodeVarint } from '@ts-libp2p/bytes'

/** One field of a protobuf message: bytes or text with its number before it. Any number, as often as one likes. */
export function field(number: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return concat([encodeVarint(number * 8 + 2), encodeVarint(bytes.byteLength), bytes])
}

/** Field numbers of an identify message. */
export const IDENTIFY = { publicKey: 1, listenAddrs: 2, protocols: 3, observedAddr: 4, signedPeerRecord: 8 } as const

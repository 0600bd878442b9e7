import { ByteStream, type ByteStreamInit, linkPair } from '@ts-libp2p/stream'

export type StreamPairOptions = Omit<Partial<ByteStreamInit>, 'owner' | 'direction'>

/**
 * Two streams in one process: what one sends the other receives, with backpressure, half-close and reset. The first is
 * the outbound end. For links that chop, delay, tamper or lend their buffers see `wirePair`.
 */
export function streamPair(options: StreamPairOptions = {}): [ByteStream, ByteStream] {
  return linkPair(end => new ByteStream({ ...options, ...end }))
}

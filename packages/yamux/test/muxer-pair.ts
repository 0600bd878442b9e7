import type { StreamMuxerFactory } from '@ts-libp2p/interface'
import type { ByteStream } from '@ts-libp2p/stream'
import { streamPair, VirtualClock } from '@ts-libp2p/testing'
import { type YamuxMuxer, type YamuxOptions, yamux } from '../src/index.ts'

export interface MuxerPair {
  client: YamuxMuxer
  server: YamuxMuxer
  /** The connections below. */
  ends: [ByteStream, ByteStream]
  clock: VirtualClock
}

export function factory(options: YamuxOptions = {}, clock?: VirtualClock): StreamMuxerFactory<YamuxMuxer> {
  return yamux({ keepAliveInterval: 0, ...options })({ clock })
}

/** Two muxers back to back in one process. */
export function muxerPair(options: YamuxOptions = {}): MuxerPair {
  const clock = new VirtualClock()
  const ends = streamPair({ clock })
  const make = factory(options, clock)
  return { client: make.createStreamMuxer(ends[0]), server: make.createStreamMuxer(ends[1]), ends, clock }
}

/** The stream at the far side: the next that the muxer announces. */
export function nextStream(muxer: YamuxMuxer): Promise<ByteStream> {
  return new Promise(resolve => muxer.addEventListener('stream', event => resolve(event.detail), { once: true }))
}

export function closed(stream: ByteStream): Promise<Error | undefined> {
  return new Promise(resolve => stream.addEventListener('close', event => resolve(event.error), { once: true }))
}

/** Sends back whatever comes, and ends when the remote ends. */
export function echo(muxer: YamuxMuxer): void {
  muxer.addEventListener('stream', ({ detail: stream }) => {
    stream.sink(stream).catch(() => {})
  })
}

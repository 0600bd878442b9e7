import type { Stream, StreamMuxer, StreamMuxerFactory, StreamMuxerOptions } from '@ts-libp2p/interface'
import { Queue } from '../queue.ts'
import { Wire, type WireOptions } from '../wire.ts'

/** What the muxer suite needs to know of a muxer. */
export interface MuxerSubject {
  /** A factory with its defaults, and these options over them. */
  create(options?: StreamMuxerOptions): StreamMuxerFactory
  /** True when one stream's sleeping reader holds back that stream's writer and no other. */
  hasFlowControl: boolean
}

export interface MuxedPair {
  wire: Wire
  client: StreamMuxer
  server: StreamMuxer
  /** The streams that the client, or the server, accepted. */
  toClient: Queue<Stream>
  toServer: Queue<Stream>
}

export interface MuxedPairOptions {
  wire?: WireOptions
  client?: StreamMuxerOptions
  server?: StreamMuxerOptions
}

export function muxedPair(subject: MuxerSubject, options: MuxedPairOptions = {}): MuxedPair {
  const wire = new Wire(options.wire)
  const client = subject.create(options.client).createStreamMuxer(wire.ends[0])
  const server = subject.create(options.server).createStreamMuxer(wire.ends[1])
  return { wire, client, server, toClient: acceptStreams(client), toServer: acceptStreams(server) }
}

export function acceptStreams(muxer: StreamMuxer): Queue<Stream> {
  const streams = new Queue<Stream>()
  muxer.addEventListener('stream', event => streams.push(event.detail))
  return streams
}

/** A stream with both its ends: ours, and the one that the far muxer handed out. */
export async function openStream(from: StreamMuxer, accepted: Queue<Stream>): Promise<[ours: Stream, theirs: Stream]> {
  const ours = await from.createStream()
  // Some muxers tell the far side with the first bytes only.
  return [ours, await accepted.next()]
}

/** Sends back whatever arrives, with backpressure, and ends when the far side does. */
export async function echo(stream: Stream): Promise<void> {
  for await (const chunk of stream) if (!stream.send(chunk)) await stream.onDrain()
  await stream.close()
}

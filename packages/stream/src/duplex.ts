import type { DuplexStream, Stream } from '@ts-libp2p/interface'
import { toError } from './abortable.ts'
import { chunksOf } from './chunks.ts'

/**
 * The stream with `source` and `sink`: itself when it has them, as ours do; one from elsewhere is given them, and an
 * iteration that misses no end.
 */
export function asDuplex(stream: Stream): DuplexStream {
  if ('sink' in stream && 'source' in stream) return stream as DuplexStream
  const sink: DuplexStream['sink'] = source => sendFrom(stream, source)
  const source = chunksOf(stream)
  return Object.assign(stream, { source, sink, [Symbol.asyncIterator]: () => source[Symbol.asyncIterator]() })
}

/** Sends what `source` yields, waits when the stream is full, closes at the end; aborts the stream when either fails. */
export async function sendFrom(stream: Stream, source: Parameters<DuplexStream['sink']>[0]): Promise<void> {
  try {
    for await (const chunk of source) if (!stream.send(chunk)) await stream.onDrain()
    await stream.close()
  } catch (err) {
    stream.abort(toError(err))
    throw err
  }
}

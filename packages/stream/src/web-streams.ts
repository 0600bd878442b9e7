import type { MessageStream } from '@ts-libp2p/interface'
import { toError } from './abortable.ts'
import { chunksOf } from './chunks.ts'

export interface WebStreams {
  readable: ReadableStream<Uint8Array>
  writable: WritableStream<Uint8Array>
}

/**
 * The stream as a pair of WHATWG streams, with backpressure both ways: `fetch` bodies, compression streams and
 * `pipeTo` work on them. Cancelling `readable` closes our reading, aborting `writable` aborts the stream.
 */
export function toWebStreams(stream: MessageStream): WebStreams {
  const chunks = chunksOf(stream)[Symbol.asyncIterator]()
  return {
    readable: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await chunks.next()
          if (done === true) controller.close()
          else controller.enqueue(value)
        },
        async cancel(reason) {
          if ('closeRead' in stream && typeof stream.closeRead === 'function') await stream.closeRead()
          else stream.abort(toError(reason))
        }
      },
      // Nothing is taken ahead: credit returns to the remote only for what the application asked for.
      { highWaterMark: 0 }
    ),
    writable: new WritableStream<Uint8Array>(
      {
        async write(chunk) {
          if (!stream.send(chunk)) await stream.onDrain()
        },
        close: () => stream.close(),
        abort: reason => stream.abort(toError(reason))
      },
      { highWaterMark: 1 }
    )
  }
}

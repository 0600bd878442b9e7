import type { AbortOptions, MessageStream } from '@ts-libp2p/interface'
import { attachReader, type Detach } from '@ts-libp2p/stream'
import { BLOCK_BYTES } from './limits.ts'

const BLOCK = new Uint8Array(BLOCK_BYTES)

/** Sends that many zeros as fast as the stream takes them, from one shared block. `onSent` hears of each part. */
export async function sendZeros(
  stream: MessageStream,
  length: number,
  onSent: (bytes: number) => void,
  options: AbortOptions
): Promise<void> {
  for (let left = length; left > 0; ) {
    const part = left < BLOCK_BYTES ? BLOCK.subarray(0, left) : BLOCK
    const isWritable = stream.send(part)
    left -= part.byteLength
    onSent(part.byteLength)
    if (!isWritable) await stream.onDrain(options)
  }
}

/**
 * Hands over everything up to the remote's end, by direct calls: no promise per chunk. The chunk is valid until
 * `onChunk` returns; what it throws ends the reading and rejects.
 */
export function readToEnd(
  stream: MessageStream,
  onChunk: (chunk: Uint8Array) => void,
  { signal }: AbortOptions
): Promise<void> {
  if (signal?.aborted === true) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    let detach: Detach | undefined
    const finish = (settle: () => void): void => {
      signal?.removeEventListener('abort', cancel)
      detach?.()
      settle()
    }
    const fail = (err: unknown): void => finish(() => reject(err))
    const cancel = (): void => fail(signal?.reason)
    signal?.addEventListener('abort', cancel, { once: true })
    detach = attachReader(stream, {
      borrows: true,
      receive: chunk => {
        try {
          onChunk(chunk)
        } catch (err) {
          fail(err)
        }
      },
      end: () => finish(resolve),
      closed: err => (err === undefined ? finish(resolve) : fail(err))
    })
  })
}

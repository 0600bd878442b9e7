import { concat } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import { flatten } from '@ts-libp2p/stream'
import { TestingError } from './errors.ts'
import { MAX_COLLECTED_BYTES, MAX_RANDOM_CHUNKS } from './limits.ts'
import type { SeededRandom } from './seeded-random.ts'

/**
 * The bytes as views of random lengths, from 1 to `maxBytes` (default: a size drawn per call, so that both crumbs and
 * large pieces occur).
 */
export function randomChunks(bytes: Uint8Array, random: SeededRandom, maxBytes?: number): Uint8Array[] {
  const drawn = 2 ** (1 + random.int(17))
  // Crumbs of a large array would be millions, and say no more than thousands do.
  const limit = maxBytes ?? Math.max(drawn, Math.ceil((2 * bytes.byteLength) / MAX_RANDOM_CHUNKS))
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.byteLength; ) {
    const length = 1 + random.int(limit)
    chunks.push(bytes.subarray(at, at + length))
    at += length
  }
  return chunks
}

/** Everything a stream yields up to its end. Throws a `TestingError` (`too-large`) over `limitBytes`, default 64 MiB. */
export async function collect(stream: MessageStream, options: { limitBytes?: number } = {}): Promise<Uint8Array> {
  const limit = options.limitBytes ?? MAX_COLLECTED_BYTES
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > limit) throw new TestingError('too-large', `the stream gave more than ${limit} bytes`)
    chunks.push(flatten(chunk))
  }
  return concat(chunks)
}

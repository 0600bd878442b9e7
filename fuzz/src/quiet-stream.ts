import { ByteStream, type Dialogue, runDialogue, type StreamOwner } from '@ts-libp2p/stream'
import { randomChunks, type SeededRandom } from '@ts-libp2p/testing'
import { must } from './target.ts'

/** Lies below a stream and does nothing: what is sent is taken and forgotten. */
class Nobody implements StreamOwner {
  queued(stream: ByteStream): void {
    queueMicrotask(() => {
      stream.pull([], Number.POSITIVE_INFINITY)
      if (stream.isFinQueued) stream.finSent()
    })
  }
  aborted(): void {}
  ended(): void {}
}

/** A stream that a test feeds by hand. */
export function quietStream(direction: 'inbound' | 'outbound' = 'inbound'): ByteStream {
  return new ByteStream({ owner: new Nobody(), direction })
}

/** Feeds the input in random pieces, then the end. */
export function feed(stream: ByteStream, input: Uint8Array, random: SeededRandom): void {
  for (const chunk of randomChunks(input, random)) stream.receive(chunk)
  stream.receiveEnd()
}

/** Plays a dialogue to its end with the input. Throws what it throws, and a `Finding` when it does not end. */
export async function play<T>(dialogue: Dialogue<T>, input: Uint8Array, random: SeededRandom): Promise<T> {
  const stream = quietStream()
  const running = runDialogue(stream, dialogue)
  feed(stream, input, random)
  return await settled(running)
}

/** Turns of the event loop that platform crypto may take. */
const PATIENCE_TURNS = 2000

/** The outcome of what has all that it waits for. Throws a `Finding` when it goes on waiting. */
export async function settled<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false
  const watched = promise.finally(() => {
    isSettled = true
  })
  watched.catch(() => {})
  for (let turn = 0; turn < 8 && !isSettled; turn++) await Promise.resolve()
  for (let turn = 0; turn < PATIENCE_TURNS && !isSettled; turn++) await new Promise(resolve => setImmediate(resolve))
  must(isSettled, 'it has all the input there is, and still waits')
  return await watched
}

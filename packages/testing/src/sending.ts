import type { MessageStream } from '@ts-libp2p/interface'
import { turn } from '#turn'

/** Event loop turns without a drain after which a writer counts as stopped. */
const STALL_TURNS = 2000

/** Sends one chunk after the other, and waits wherever the stream is full. */
export async function sendChunks(stream: MessageStream, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks) if (!stream.send(chunk)) await stream.onDrain()
}

/** The same, then ends our side. */
export async function sendAndClose(stream: MessageStream, chunks: Iterable<Uint8Array>): Promise<void> {
  await sendChunks(stream, chunks)
  await stream.close()
}

/** Writes the chunk again and again until the far side holds us back, or `limitBytes`. Resolves to the bytes written. */
export async function stalled(stream: MessageStream, chunk: Uint8Array, limitBytes: number): Promise<number> {
  let sentBytes = 0
  while (sentBytes < limitBytes && (await drainsSoon(stream))) {
    stream.send(chunk)
    sentBytes += chunk.byteLength
  }
  return sentBytes
}

async function drainsSoon(stream: MessageStream): Promise<boolean> {
  for (let turns = 0; stream.writableNeedsDrain; turns++) {
    if (turns >= STALL_TURNS) return false
    await turn()
  }
  return true
}

/** Bytes of which none can be lost or moved unseen, sent and read with little in memory. */
import type { Stream } from '@ts-libp2p/libp2p'

const MIB = 2 ** 20
export const CHUNK: Uint8Array<ArrayBuffer> = new Uint8Array(64 * 1024).map((_, i) => i % 251)
/** What a stream may hold at once: the largest window of yamux, unread, and what waits to be sent. */
const MAX_HELD_BYTES = 20 * MIB

interface Echo {
  readonly received: number
  readonly isSame: boolean
  /** Whether the stream held little throughout. */
  readonly isBounded: boolean
}

/** So many bytes there and back, sent as fast as the other side takes them. */
export async function echo(stream: Stream, bytes: number): Promise<Echo> {
  let mostHeld = 0
  const look = (): void => {
    mostHeld = Math.max(mostHeld, stream.readBufferLength + stream.writeBufferLength)
  }
  const sending = sendAll(stream, bytes, look)
  const read = await readSame(stream, look)
  await sending
  return { ...read, isBounded: mostHeld <= MAX_HELD_BYTES }
}

async function sendAll(stream: Stream, length: number, look: () => void): Promise<void> {
  for (let sent = 0; sent < length; sent += CHUNK.byteLength) {
    const isTaken = stream.send(CHUNK)
    look()
    if (!isTaken) await stream.onDrain()
  }
  await stream.close()
}

/** Reads to the end. `look` is called whenever something came. */
export async function readSame(
  stream: Stream,
  look: () => void = () => {}
): Promise<{ received: number; isSame: boolean }> {
  let received = 0
  let isSame = true
  for await (const piece of stream) {
    look()
    for (const byte of piece.subarray()) isSame &&= byte === CHUNK[received++ % CHUNK.byteLength]
  }
  return { received, isSame }
}

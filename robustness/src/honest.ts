import { bytesEqual } from '@ts-libp2p/bytes'
import { StreamReader } from '@ts-libp2p/stream'
import { SeededRandom } from '@ts-libp2p/testing'
import { expect } from 'vitest'
import type { Scene } from './scene.ts'

/** Yields how many exchanges went as they should, one each time. */
export type Conversation = AsyncGenerator<number, undefined, undefined>

const ECHO_BYTES = 40_000

/**
 * What somebody with honest intent does: pings, and sends data that comes back, each on a stream of its own and on one
 * that stays. Throws as soon as one of these goes wrong.
 */
export async function* converse({
  honest,
  node,
  connection
}: Pick<Scene, 'honest' | 'node' | 'connection'>): Conversation {
  const data = new SeededRandom('what honest peers say').bytes(ECHO_BYTES)
  const kept = await connection.newStream('/echo/1.0.0')
  const keptReader = new StreamReader(kept)
  for (;;) {
    expect(await honest.services.ping.ping(node.peerId)).toBeGreaterThanOrEqual(0)
    kept.send(data)
    if (!bytesEqual(await keptReader.read(ECHO_BYTES), data)) throw new Error('other bytes came back')
    const stream = await connection.newStream('/echo/1.0.0')
    stream.send(data)
    const closing = stream.close()
    if (!bytesEqual(await new StreamReader(stream).readToEnd(), data)) throw new Error('other bytes came back')
    await closing
    yield 3
  }
}

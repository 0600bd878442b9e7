/**
 * Streams opened and reset at once, over and over: limits on open streams never see them.
 *
 * "HTTP/2 rapid reset", CVE-2023-44487. "MadeYouReset", CVE-2025-8671, is the same with the resets drawn from the node:
 * here by streams that propose nothing we speak.
 */
import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { encodeHeader, RST, SYN, WINDOW_UPDATE } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { dataFrame, flood, frameAttacker } from '../src/frames.ts'
import { setScene } from '../src/scene.ts'

const GARBAGE = lengthPrefixed(fromUtf8('not a header\n'))

function* batches(frames: (id: number) => Uint8Array[]): Iterable<Uint8Array> {
  for (let id = 1; id < 200_000; id += 200)
    yield concat(Array.from({ length: 100 }, (_, i) => frames(id + 2 * i)).flat())
}

describe('rapid reset', () => {
  it.each<[string, (id: number) => Uint8Array[]]>([
    ['opened and reset', id => [encodeHeader(WINDOW_UPDATE, SYN, id, 0), encodeHeader(WINDOW_UPDATE, RST, id, 0)]],
    ['opened and reset in one frame', id => [encodeHeader(WINDOW_UPDATE, SYN | RST, id, 0)]],
    ['made to be reset by us', id => [dataFrame(id, SYN, GARBAGE)]]
  ])('costs the attacker its connection: streams %s', async (_, frames) => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    await scene.endure(async () => {
      await flood(attacker, batches(frames))
      expect(await attacker.goAwayCode()).toBe(1)
    })
    const { error } = await scene.lossOf(attacker.peerId)
    expect(error).toMatchObject({ name: 'YamuxError', code: 'too-much-churn' })
  })
})

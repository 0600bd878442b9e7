/**
 * Frames that make the node write, from a peer that does not read, and frames that carry nothing.
 *
 * Known from HTTP/2 as CVE-2019-9512 (ping flood), CVE-2019-9514 (reset flood), CVE-2019-9515 (settings flood) and
 * CVE-2019-9518 (empty frames); in the h2 crate again as GHSA-q83h-524g-xf6h. Yamux has the same kinds of frames.
 */
import { concat } from '@ts-libp2p/bytes'
import { DATA, encodeHeader, PING, SYN, WINDOW_UPDATE } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { flood, frameAttacker } from '../src/frames.ts'
import { setScene } from '../src/scene.ts'

const PER_WRITE = 1000

/** Many frames in one buffer: the attacker must not cost more than the attack. */
function many(frame: (i: number) => Uint8Array): Uint8Array {
  return concat(Array.from({ length: PER_WRITE }, (_, i) => frame(i)))
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('a flood of control frames from a peer that does not read', () => {
  it.each<[string, Uint8Array, string]>([
    ['pings', many(i => encodeHeader(PING, SYN, 0, i)), 'control-overflow'],
    ['pings answered with pings', many(i => encodeHeader(PING, 2, 0, i + 5000)), 'unexpected-pong'],
    ['openings, each rejected', many(i => encodeHeader(WINDOW_UPDATE, SYN, 2 * i + 1, 0)), 'duplicate-stream']
  ])('ends the session: %s', async (_, frames, code) => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    attacker.stopReading()
    await scene.endure(async () => {
      for (let i = 0; i < 200 && scene.losses.length === 0 && (await attacker.send(frames)); i++) await turn()
    })
    const { error } = await scene.lossOf(attacker.peerId)
    expect(error).toMatchObject({ name: 'YamuxError', code })
  })
})

describe('a flood of frames without content', () => {
  it.each<[string, Uint8Array]>([
    ['empty data for a stream', many(() => encodeHeader(DATA, 0, 1, 0))],
    ['updates by nothing', many(() => encodeHeader(WINDOW_UPDATE, 0, 1, 0))],
    ['empty data for nobody', many(i => encodeHeader(DATA, 0, 1001 + 2 * i, 0))],
    ['resets of nobody', many(i => encodeHeader(WINDOW_UPDATE, 8, 1001 + 2 * i, 0))]
  ])('holds no memory and nobody up: %s', async (_, frames) => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    const { exchanges } = await scene.endure(async () => {
      await attacker.send(encodeHeader(WINDOW_UPDATE, SYN, 1, 0))
      await flood(
        attacker,
        Array.from({ length: 300 }, () => frames)
      )
    })
    expect(exchanges).toBeGreaterThan(3)
    attacker.raw.abort(new Error('seen enough'))
  })
})

/**
 * A frame that announces more than its receiver ever allowed.
 *
 * rust-yamux, GHSA-vxx9-2994-q338 (CVE-2026-32314): a first Data frame, SYN set, with a body larger than the initial
 * window panicked, because the stream was made before the length was looked at.
 */
import { DATA, encodeHeader, INITIAL_WINDOW_BYTES, SYN } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { dataFrame, frameAttacker } from '../src/frames.ts'
import { setScene } from '../src/scene.ts'

const over = INITIAL_WINDOW_BYTES + 1

describe('an oversized yamux frame', () => {
  it.each<[string, number, Uint8Array[]]>([
    ['opens a stream, one byte over the window', over, [encodeHeader(DATA, SYN, 1, over)]],
    ['opens a stream, with all that 32 bits can say', 0xffffffff, [encodeHeader(DATA, SYN, 1, 0xffffffff)]],
    [
      'follows on a stream, over the largest window',
      0x7fffffff,
      [dataFrame(1, SYN, Uint8Array.of(1)), encodeHeader(DATA, 0, 1, 0x7fffffff)]
    ],
    [
      'follows on a stream, over what is left of the window',
      INITIAL_WINDOW_BYTES,
      [dataFrame(1, SYN, Uint8Array.of(1)), encodeHeader(DATA, 0, 1, INITIAL_WINDOW_BYTES)]
    ],
    ['is for a stream that was never opened', 0xffffffff, [encodeHeader(DATA, 0, 9, 0xffffffff)]]
  ])('costs the attacker its connection when it %s', async (_, length, frames) => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    await scene.endure(async () => {
      await attacker.send(...frames)
      expect(await attacker.goAwayCode()).toBe(1)
    })
    const { error } = await scene.lossOf(attacker.peerId)
    expect(error).toMatchObject({ name: 'YamuxError', code: 'window-exceeded' })
    expect(error?.message).toContain(String(length))
  })

  it('is refused before its body comes, and memory for it is never set aside', async () => {
    await using scene = await setScene()
    await scene.endure(
      async () => {
        for (let i = 0; i < 20; i++) {
          const attacker = await frameAttacker(scene.node)
          await attacker.send(encodeHeader(DATA, SYN, 1, 0x40000000))
          await attacker.goAwayCode()
        }
      },
      { maxGrowthBytes: 4 * 1024 * 1024 }
    )
    expect(scene.log.count('YamuxError window-exceeded')).toBeGreaterThanOrEqual(20)
  })
})

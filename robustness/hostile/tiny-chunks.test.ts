/**
 * Data in pieces of a byte, each a frame, for a reader that is slow: every piece costs what keeps it.
 *
 * CVE-2022-23492 and CVE-2022-23487 name such variants; "small data chunks" is CVE-2019-9511 of HTTP/2.
 */
import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { INITIAL_WINDOW_BYTES, SYN } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { dataFrame, frameAttacker } from '../src/frames.ts'
import { setScene } from '../src/scene.ts'

const MEGABYTE = 1024 * 1024

const line = (text: string): Uint8Array => lengthPrefixed(fromUtf8(`${text}\n`))
const request = concat([line('/multistream/1.0.0'), line('/sleeper/1.0.0')])

describe('a window filled a byte at a time', () => {
  it.each([1, 16])('costs little more than its bytes, on %d streams', async streams => {
    await using scene = await setScene()
    const asleep: unknown[] = []
    await scene.node.handle('/sleeper/1.0.0', stream => void asleep.push(stream))
    const attacker = await frameAttacker(scene.node)
    const { keptBytes } = await scene.endure(
      async () => {
        for (let i = 0; i < streams; i++) {
          const id = 2 * i + 1
          await attacker.send(dataFrame(id, SYN, request))
          const byte = dataFrame(id, 0, Uint8Array.of(7))
          const thousand = concat(Array.from({ length: 1000 }, () => byte))
          for (let sent = request.byteLength; sent + 1000 <= INITIAL_WINDOW_BYTES; sent += 1000) {
            await attacker.send(thousand)
          }
        }
        await expect.poll(() => asleep.length).toBe(streams)
      },
      // Most of it is under way: a byte in a frame of its own, encrypted by the attacker.
      { maxGrowthBytes: 16 * MEGABYTE + streams * 2 * INITIAL_WINDOW_BYTES }
    )
    expect(keptBytes).toBeLessThan(2 * MEGABYTE + streams * 1.5 * INITIAL_WINDOW_BYTES)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('is refused where it ends', async () => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    await scene.node.handle('/sleeper/1.0.0', () => {})
    await attacker.send(
      dataFrame(1, SYN, request),
      dataFrame(1, 0, new Uint8Array(INITIAL_WINDOW_BYTES - request.byteLength))
    )
    await attacker.send(dataFrame(1, 0, Uint8Array.of(1)))
    expect(await attacker.goAwayCode()).toBe(1)
    expect((await scene.lossOf(attacker.peerId)).error).toMatchObject({ code: 'window-exceeded' })
  })
})

/**
 * Negotiations that never end: proposals nobody speaks, and lists whose answer is longer than the question.
 *
 * go-multistream removed `ls` because its answer needs a 64 KiB buffer (multiformats/go-multistream pull 76) and read
 * lines of up to 64 KiB until pull 77 made it 1 KiB. go, js and rust-libp2p answer `na` without end.
 */
import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import { muxedAttacker, push, rawAttacker } from '../src/attacker.ts'
import { setScene } from '../src/scene.ts'

const line = (text: string): Uint8Array => lengthPrefixed(fromUtf8(`${text}\n`))
const HEADER = line('/multistream/1.0.0')
const GIANT = lengthPrefixed(fromUtf8(`/${'x'.repeat(100_000)}\n`))
const many = (text: string): Uint8Array => concat(Array.from({ length: 200 }, () => line(text)))

const floods: [string, string, Uint8Array[]][] = [
  ['proposals', 'MultistreamError too-many-proposals', Array.from({ length: 50 }, () => many('/nobody/speaks/this'))],
  ['lists', 'MultistreamError too-many-listings', Array.from({ length: 50 }, () => many('ls'))],
  ['a line of 100,000 bytes', 'MultistreamError malformed-line', [GIANT]],
  [
    'a length of 2^49',
    'MultistreamError malformed-line',
    [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)]
  ],
  ['a varint that never ends', 'MultistreamError malformed-line', [new Uint8Array(64).fill(0x80)]]
]

describe('a negotiation that is a flood', () => {
  it.each(floods)('before anything is agreed costs the connection: %s', async (_, kind, chunks) => {
    await using scene = await setScene()
    const { raw } = await rawAttacker(scene.node)
    const over = new Promise(resolve => raw.addEventListener('close', resolve))
    await scene.endure(
      async () => {
        for (const chunk of [HEADER, ...chunks]) if (!(await push(raw, chunk))) break
        await over
      },
      { maxGrowthBytes: 4 * 1024 * 1024 }
    )
    expect(scene.log.count(kind)).toBe(1)
  })

  it.each(floods)('on a stream costs that stream and no other: %s', async (_, kind, chunks) => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const kept = await attacker.open('/echo/1.0.0')
    await scene.endure(
      async () => {
        const stream = await attacker.muxer.createStream()
        for (const chunk of [HEADER, ...chunks]) if (!(await push(stream, chunk))) break
        await expect.poll(() => scene.log.count(kind)).toBeGreaterThan(0)
        await expect.poll(() => stream.remoteWriteStatus).toBe('closed')
      },
      { maxGrowthBytes: 4 * 1024 * 1024 }
    )
    expect(kept.status).toBe('open')
    expect(scene.node.getConnections(attacker.peerId)[0]?.status).toBe('open')
    attacker.raw.abort(new Error('seen enough'))
  })
})

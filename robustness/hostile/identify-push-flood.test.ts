/**
 * Telling us who it is, unasked and without end: each push is parsed, checked and stored.
 *
 * ChainSafe/lodestar pull 4684 switched the protocol off for this; js-libp2p pull 1464 and issue 2093.
 */
import { identify, PUSH_BURST } from '@ts-libp2p/identify'
import { describe, expect, it } from 'vitest'
import { muxedAttacker } from '../src/attacker.ts'
import { pushIdentify } from '../src/identifying.ts'
import { field, IDENTIFY } from '../src/protobuf.ts'
import { setScene } from '../src/scene.ts'

describe('a flood of identify pushes', () => {
  it('is heard for a burst and then refused, stream by stream', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    let heard = 0
    scene.node.addEventListener('peer:identify', () => heard++)
    await scene.endure(async () => {
      for (let i = 0; i < 400; i++) await pushIdentify(attacker, [field(IDENTIFY.protocols, `/spam/${i}`)])
    })
    // One more each second that this takes.
    expect(heard).toBeGreaterThan(0)
    expect(heard).toBeLessThan(PUSH_BURST + 60)
    expect(scene.log.count('IdentifyError rate-limited')).toBeGreaterThan(300)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('that is never finished holds two streams for the time of one exchange', async () => {
    await using scene = await setScene({ services: { identify: identify({ timeoutMs: 300 }) } })
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      await Promise.allSettled(Array.from({ length: 40 }, () => attacker.open('/ipfs/id/push/1.0.0')))
      const connection = scene.node.getConnections(attacker.peerId)[0]!
      await expect.poll(() => connection.streams.filter(s => s.direction === 'inbound').length).toBe(0)
    })
    expect(scene.log.count('IdentifyError timeout')).toBeGreaterThanOrEqual(2)
    attacker.raw.abort(new Error('seen enough'))
  })
})

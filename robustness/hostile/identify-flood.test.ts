/**
 * Asking who we are, over and over, on as many streams as can be had, and not listening to the answer.
 *
 * js-libp2p issues 2093 (rate limits for streams of a protocol) and 1469 (checks for identify and identify push).
 */
import { identify, MAX_INBOUND_STREAMS } from '@ts-libp2p/identify'
import { describe, expect, it } from 'vitest'
import { muxedAttacker } from '../src/attacker.ts'
import { IDENTIFY_PROTOCOL } from '../src/identifying.ts'
import { setScene } from '../src/scene.ts'

describe('a flood of identify requests', () => {
  it('is answered two at a time; more lose their stream', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const connection = scene.node.getConnections(attacker.peerId)[0]!
    let most = 0
    await scene.endure(async () => {
      for (let round = 0; round < 20; round++) {
        const streams = await Promise.allSettled(Array.from({ length: 50 }, () => attacker.open(IDENTIFY_PROTOCOL)))
        most = Math.max(
          most,
          connection.streams.filter(s => s.protocol === IDENTIFY_PROTOCOL && s.direction === 'inbound').length
        )
        for (const each of streams) if (each.status === 'fulfilled') each.value.abort(new Error('not interested'))
      }
    })
    expect(most).toBeLessThanOrEqual(MAX_INBOUND_STREAMS)
    expect(scene.log.count('SwarmError too-many-streams')).toBeGreaterThan(0)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('whose answers nobody takes ends after the time that an exchange has', async () => {
    await using scene = await setScene({ services: { identify: identify({ timeoutMs: 300 }) } })
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      const streams = await Promise.all([1, 2].map(() => attacker.open(IDENTIFY_PROTOCOL)))
      for (const stream of streams) stream.pause()
      const connection = scene.node.getConnections(attacker.peerId)[0]!
      await expect.poll(() => connection.streams.filter(s => s.direction === 'inbound').length).toBe(0)
    })
    attacker.raw.abort(new Error('seen enough'))
  })
})

/**
 * Whole connections under many peer ids, until the node has too many and must close some.
 *
 * CVE-2022-23492 and rust-libp2p issue 1839. An attacker whose connections are newer than everybody's must not make the
 * node close everybody else's: pruning would then be the attack ("eclipse").
 */
import { createLibp2p } from '@ts-libp2p/libp2p'
import { describe, expect, it } from 'vitest'
import { type MuxedAttacker, muxedAttacker } from '../src/attacker.ts'
import { setScene } from '../src/scene.ts'

describe('a host that has most of the connections', () => {
  it('loses its own when there are too many, not those of others', async () => {
    await using scene = await setScene({
      limits: { maxConnections: 40, lowWaterConnections: 32, pruneGraceMs: 0 },
      listen: ['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0']
    })
    // Others, who have been there for a while and are quiet: from another host each, as far as one machine has them.
    const [, overIp6] = scene.node.getMultiaddrs()
    const others = await Promise.all(Array.from({ length: 4 }, () => createLibp2p({ addresses: { listen: [] } })))
    for (const other of others) await other.dial(overIp6!)
    const attackers: MuxedAttacker[] = []
    await scene.endure(
      async () => {
        for (let i = 0; i < 120; i++) attackers.push(await muxedAttacker(scene.node))
      },
      { maxGrowthBytes: 32 * 1024 * 1024 }
    )
    await expect.poll(() => scene.node.getConnections().length).toBeLessThanOrEqual(40)
    for (const other of others) expect(scene.node.getConnections(other.peerId).map(c => c.status)).toEqual(['open'])
    for (const { raw } of attackers) raw.abort(new Error('seen enough'))
    await Promise.all(others.map(other => other.stop()))
  })
})

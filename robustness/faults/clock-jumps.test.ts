/** The clock of the machine is set, forwards or back, while connections are open. */
import type { Clock } from '@ts-libp2p/interface'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { systemClock } from '@ts-libp2p/stream'
import { describe, expect, it } from 'vitest'

const DAY_MS = 86_400_000

class JumpingClock implements Clock {
  offsetMs = 0

  now(): number {
    return systemClock.now() + this.offsetMs
  }

  after(ms: number, fn: () => void): () => void {
    return systemClock.after(ms, fn)
  }
}

describe('a clock that jumps', () => {
  it.each([
    ['a day forwards', DAY_MS],
    ['a day back', -DAY_MS],
    ['ten years forwards', 3650 * DAY_MS]
  ])('%s leaves connections open, and new ones possible', async (_, offsetMs) => {
    const clock = new JumpingClock()
    await using node = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, clock })
    await using peer = await createLibp2p({ addresses: { listen: [] } })
    const connection = await peer.dial(node.getMultiaddrs())
    clock.offsetMs = offsetMs
    for (let i = 0; i < 3; i++) expect(await peer.services.ping.ping(node.peerId)).toBeGreaterThanOrEqual(0)
    expect(connection.status).toBe('open')
    const another = await peer.dial(node.getMultiaddrs(), { force: true })
    expect(another.status).toBe('open')
    expect(await node.services.ping.ping(peer.peerId)).toBeGreaterThanOrEqual(0)
  })
})

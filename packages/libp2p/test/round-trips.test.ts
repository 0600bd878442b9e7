import { createProxy } from '@ts-libp2p/testing/proxy'
import { yamux } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { createLibp2p, multiaddr } from '../src/index.ts'

const ONE_WAY_MS = 40
const ECHO = '/echo/1.0.0'

/** Yamux under a name that noise's early negotiation does not offer the peer: the muxer is then chosen afterwards. */
const lateYamux = () => {
  const factory = yamux()
  return (components: Parameters<typeof factory>[0]) => factory(components)
}

describe('dial plus the first answered byte, one security protocol and one muxer', () => {
  it.each([
    ['the muxer chosen inside the handshake', yamux()],
    ['the same again', lateYamux()]
  ])('costs three round trips over TCP, its own included: %s', async (_, muxer) => {
    const options = { addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, streamMuxers: [muxer] }
    await using listener = await createLibp2p(options)
    await using dialer = await createLibp2p({ ...options, addresses: { listen: [] } })
    await listener.handle(ECHO, stream => stream.sink(stream.source))
    const port = Number(/\/tcp\/(\d+)/.exec(String(listener.getMultiaddrs()[0]))?.[1])
    const proxy = await createProxy({ host: '127.0.0.1', port, oneWayMs: ONE_WAY_MS })
    try {
      const startedAt = performance.now()
      const stream = await dialer.dialProtocol(
        multiaddr(`/ip4/127.0.0.1/tcp/${proxy.port}/p2p/${listener.peerId}`),
        ECHO
      )
      stream.send(Uint8Array.of(42))
      for await (const chunk of stream) {
        expect([...chunk.subarray()]).toEqual([42])
        break
      }
      // The proxy accepts at once, so TCP's own round trip is the one that must be added.
      const waited = (performance.now() - startedAt) / (2 * ONE_WAY_MS)
      const counted = proxy.turnsOfFirstConnection() / 2
      expect(1 + counted).toBe(3)
      expect(1 + Math.floor(waited)).toBeLessThan(4)
    } finally {
      await proxy.close()
    }
  })
})

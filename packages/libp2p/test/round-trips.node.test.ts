import { noise } from '@ts-libp2p/noise'
import { createProxy } from '@ts-libp2p/testing/proxy'
import { describe, expect, it } from 'vitest'
import { createLibp2p, multiaddr } from '../src/index.ts'

/** Long enough that no side can answer before it was asked. */
const ONE_WAY_MS = 30
const ECHO = '/echo/1.0.0'

type Noise = ReturnType<typeof noise>
/** Noise that knows no muxers, as rust-libp2p's: the muxer is chosen after the handshake. */
const withoutEarlyMuxer: Noise = components => noise()({ ...components, upgrader: undefined })

describe('dial plus the first answered byte, one security protocol and one muxer', () => {
  it.each<[string, Noise, Noise]>([
    ['the muxer chosen inside the handshake', noise(), noise()],
    ['the muxer chosen afterwards, by the dialer', withoutEarlyMuxer, noise()],
    ['the muxer chosen afterwards, by the listener', noise(), withoutEarlyMuxer]
  ])('costs three round trips over TCP, its own included: %s', async (_, dialing, listening) => {
    await using listener = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      connectionEncrypters: [listening],
      services: { identify: () => undefined }
    })
    await using dialer = await createLibp2p({ addresses: { listen: [] }, connectionEncrypters: [dialing] })
    await listener.handle(ECHO, stream => stream.sink(stream.source))
    const port = Number(/\/tcp\/(\d+)/.exec(String(listener.getMultiaddrs()[0]))?.[1])
    const proxy = await createProxy({ host: '127.0.0.1', port, oneWayMs: ONE_WAY_MS })
    try {
      const address = multiaddr(`/ip4/127.0.0.1/tcp/${proxy.port}/p2p/${listener.peerId}`)
      const stream = await dialer.dialProtocol(address, ECHO)
      stream.send(Uint8Array.of(42))
      for await (const chunk of stream) {
        expect([...chunk.subarray()]).toEqual([42])
        break
      }
      // The proxy accepts at once, so TCP's own round trip is the one that must be added.
      expect(1 + proxy.turnsOfFirstConnection() / 2).toBe(3)
    } finally {
      await proxy.close()
    }
  })
})

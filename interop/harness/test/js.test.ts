import { createLibp2p, type Libp2pNode, multiaddr, type Stream } from '@ts-libp2p/libp2p'
import { mplex } from '@ts-libp2p/mplex'
import { perf } from '@ts-libp2p/perf'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  answerTestProtocols,
  COUNT,
  ECHO,
  echo,
  GREET,
  MANY,
  type MuxerName,
  RESET,
  type RemotePeer,
  readAll,
  startJsPeer,
  type TestStats,
  writeZeros
} from '../src/index.ts'

// Mplex has no flow control: what is echoed slower than it comes must find room.
const MUXERS = {
  yamux: () => yamux(),
  mplex: () => mplex({ streamOptions: { maxReadBufferLength: 16 * 1024 * 1024 } })
}
const TEN_MB = 10 * 1024 * 1024

async function startOurs(muxer: MuxerName) {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [tcp(), webSockets()],
    streamMuxers: [MUXERS[muxer]()],
    services: { perf: perf() }
  })
}

describe.each<[MuxerName, 'tcp' | 'ws']>([
  ['yamux', 'tcp'],
  ['yamux', 'ws'],
  ['mplex', 'tcp'],
  ['mplex', 'ws']
])('js-libp2p 3.3, %s over %s', (muxer, transport) => {
  let ours: Awaited<ReturnType<typeof startOurs>>
  let theirs: RemotePeer
  let stats: TestStats

  beforeAll(async () => {
    ours = await startOurs(muxer)
    stats = await answerTestProtocols(ours as unknown as Libp2pNode)
    theirs = await startJsPeer(muxer)
  })
  afterAll(async () => {
    await ours?.stop()
    await theirs?.[Symbol.asyncDispose]()
  })

  const open = (protocol: string): Promise<Stream> =>
    ours.dialProtocol(multiaddr(theirs.address(transport)), protocol, MANY)
  const ourAddr = (): string => {
    const found = ours.getMultiaddrs().find(ma => ma.toString().includes('/ws') === (transport === 'ws'))
    return String(found)
  }

  describe('we dial', () => {
    it('connects to the peer it named, with the security and muxer configured', async () => {
      const connection = await ours.dial(multiaddr(theirs.address(transport)))
      expect(connection.remotePeer.toString()).toBe(theirs.peerId)
      expect(connection.encryption).toBe('/noise')
      expect(connection.multiplexer).toBe(muxer === 'yamux' ? '/yamux/1.0.0' : '/mplex/6.7.0')
    })

    it('identifies', async () => {
      const [connection] = ours.getConnections()
      const result = await ours.services.identify.identify(connection!)
      expect(result.peerId.toString()).toBe(theirs.peerId)
      expect(result.agentVersion).toMatch(/js-libp2p/)
      expect(result.protocols).toContain(ECHO)
      expect(result.listenAddrs.map(String)).toContain(theirs.address(transport).replace(/\/p2p\/.*/, ''))
      expect(result.observedAddr?.toString()).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)
      expect(result.signedPeerRecord?.addresses.length).toBeGreaterThan(0)
    })

    it('pings', async () => {
      expect(await ours.services.ping.ping(multiaddr(theirs.address(transport)))).toBeGreaterThan(0)
    })

    it('echoes 10 MB in random chunks', async () => {
      expect(await echo(await open(ECHO), TEN_MB)).toEqual({ bytes: TEN_MB, equal: true })
    })

    it('reads on after closing its own writing', async () => {
      const stream = await open(COUNT)
      await writeZeros(stream, 1_000_000)
      await stream.close()
      expect(new TextDecoder().decode(await readAll(stream))).toBe('1000000')
    })

    it('writes on after the peer closed its writing', async () => {
      const before = ((await theirs.call('stats')).received as number) ?? 0
      const stream = await open(GREET)
      expect(new TextDecoder().decode(await readAll(stream))).toBe('hello')
      await writeZeros(stream, 200_000)
      await stream.close()
      await vi.waitFor(async () => expect((await theirs.call('stats')).received).toBe(before + 200_000))
    })

    it('sees a reset as a reset', async () => {
      const stream = await open(RESET)
      stream.send(Uint8Array.of(1))
      await expect(readAll(stream)).rejects.toMatchObject({ name: 'StreamResetError' })
      expect(stream.status).toBe('reset')
    })

    it('shows its abort as a reset', async () => {
      const before = (await theirs.call('stats')).resets as number
      const stream = await open(ECHO)
      stream.send(Uint8Array.of(1))
      for await (const _ of stream) break
      stream.abort(new Error('enough'))
      await vi.waitFor(async () => expect((await theirs.call('stats')).resets).toBe(before + 1))
    })

    it('runs 100 streams at once', async () => {
      const results = await Promise.all(Array.from({ length: 100 }, async () => echo(await open(ECHO), 20_000)))
      expect(results).toEqual(Array.from({ length: 100 }, () => ({ bytes: 20_000, equal: true })))
    })

    it('measures both ways', async () => {
      for (const [up, down] of [
        [TEN_MB, 0],
        [0, TEN_MB]
      ] as const) {
        const steps = []
        const target = multiaddr(theirs.address(transport))
        for await (const step of ours.services.perf.measurePerformance(target, up, down)) steps.push(step)
        expect(steps.at(-1)).toMatchObject({ type: 'final', uploadBytes: up, downloadBytes: down })
      }
    })
  })

  describe('they dial', () => {
    it('connects', async () => {
      expect(await theirs.call('dial', { addr: ourAddr() })).toMatchObject({
        peerId: ours.peerId.toString(),
        security: '/noise'
      })
    })

    it('identifies', async () => {
      const result = await theirs.call('identify', { addr: ourAddr() })
      expect(result.peerId).toBe(ours.peerId.toString())
      expect(result.agentVersion).toMatch(/ts-libp2p/)
      expect(result.protocols).toContain(ECHO)
      expect(result.observedAddr).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)
      expect(result.signedAddrs).toEqual(expect.arrayContaining([expect.stringContaining('/tcp/')]))
    })

    it('pings', async () => {
      expect((await theirs.call('ping', { addr: ourAddr() })).rttMs).toEqual(expect.any(Number))
    })

    it('echoes 10 MB in random chunks', async () => {
      expect(await theirs.call('echo', { addr: ourAddr(), bytes: TEN_MB })).toEqual({ bytes: TEN_MB, equal: true })
    })

    it('half-closes each way', async () => {
      expect(await theirs.call('count', { addr: ourAddr(), bytes: 1_000_000 })).toEqual({ count: 1_000_000 })
      const before = stats.received
      expect(await theirs.call('greet', { addr: ourAddr(), bytes: 200_000 })).toEqual({ greeting: 'hello' })
      await vi.waitFor(() => expect(stats.received).toBe(before + 200_000))
    })

    it('sees our reset as a reset', async () => {
      expect(await theirs.call('reset', { addr: ourAddr() })).toEqual({ error: 'StreamResetError', status: 'reset' })
    })

    it('resets, and we see it', async () => {
      const before = stats.resets
      await theirs.call('sendReset', { addr: ourAddr() })
      await vi.waitFor(() => expect(stats.resets).toBe(before + 1))
    })

    it('runs 100 streams at once', async () => {
      expect(await theirs.call('parallel', { addr: ourAddr(), streams: 100, bytes: 20_000 })).toEqual({
        equal: true,
        streams: 100
      })
    })

    it('measures both ways', async () => {
      expect(await theirs.call('perf', { addr: ourAddr(), up: TEN_MB, down: 0 })).toMatchObject({ received: 0 })
      expect(await theirs.call('perf', { addr: ourAddr(), up: 0, down: TEN_MB })).toMatchObject({ received: TEN_MB })
    })
  })
})

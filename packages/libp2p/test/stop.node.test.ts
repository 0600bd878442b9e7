import { connect, createServer, type Socket } from 'node:net'
import { activeHandles } from '@ts-libp2p/testing'
import { usedBytes } from '@ts-libp2p/testing/memory'
import { describe, expect, it } from 'vitest'
import { createLibp2p, multiaddr, type Stream } from '../src/index.ts'
import { awake } from './awake.ts'

const options = { addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] } }
const MANY = { maxInboundStreams: 2000, maxOutboundStreams: 2000 }

/** Accepts and says nothing: dials to it stay in the middle of their handshake. */
async function startMute(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as { port: number }).port, close }
}

describe('stop()', () => {
  it('finishes within 5 s under load, and leaves no handle', async () => {
    const before = activeHandles()
    const mute = await startMute()
    const a = await createLibp2p(options)
    const b = await createLibp2p(options)
    const inbound: Stream[] = []
    await a.handle('/hold/1.0.0', stream => void inbound.push(stream), MANY)

    const connections = await Promise.all(a.getMultiaddrs().map(ma => b.dial(ma, { force: true })))
    const open = Array.from({ length: 1000 }, (_, i) =>
      connections[i % 2]!.newStream('/hold/1.0.0', { maxOutboundStreams: 2000 })
    )
    const streams = await Promise.all(open)
    for (const stream of streams) stream.send(new Uint8Array(1000))
    const dials = Array.from({ length: 50 }, () =>
      b.dial(multiaddr(`/ip4/127.0.0.1/tcp/${mute.port}`), { force: true }).catch((e: unknown) => e)
    )
    const port = Number(/\/tcp\/(\d+)/.exec(String(a.getMultiaddrs()[0]))?.[1])
    const halfOpen = Array.from({ length: 50 }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => {})
        .resume()
    )
    await Promise.all(halfOpen.map(socket => new Promise(resolve => socket.once('connect', resolve))))

    const time = awake()
    await Promise.all([a.stop(), b.stop()])
    expect(time.ms()).toBeLessThan(5000)
    for (const outcome of await Promise.all(dials)) expect(outcome).toMatchObject({ name: 'DialError' })
    expect(streams.every(stream => stream.status !== 'open')).toBe(true)
    mute.close()
    await Promise.all(halfOpen.map(socket => socket.destroyed || new Promise(resolve => socket.once('close', resolve))))
    await expect.poll(() => activeHandles().filter(h => !before.includes(h)), { timeout: 30_000 }).toEqual([])
  })

  it('leaks neither memory nor listeners over fifty cycles', async () => {
    const cycle = async (): Promise<void> => {
      const a = await createLibp2p(options)
      const b = await createLibp2p(options)
      await a.handle('/echo/1.0.0', stream => stream.sink(stream.source))
      const stream = await b.dialProtocol(a.getMultiaddrs(), '/echo/1.0.0')
      stream.send(new Uint8Array(1000))
      for await (const _ of stream) break
      await Promise.all([b.stop(), a.stop()])
    }
    for (let i = 0; i < 10; i++) await cycle()
    const settled = await usedBytes()
    const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
    for (let i = 0; i < 40; i++) await cycle()
    expect(process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)).toBe(listeners)
    expect((await usedBytes()) - settled).toBeLessThan(2 * 1024 * 1024)
  }, 60_000)
})

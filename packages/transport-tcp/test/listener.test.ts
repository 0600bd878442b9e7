import { once } from 'node:events'
import { existsSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { multiaddr, nodeAddress } from '@ts-libp2p/multiaddr'
import type { ByteConnection } from '@ts-libp2p/stream'
import { activeHandles, CollectingUpgrader, handlesReleased, rawDial } from '@ts-libp2p/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { socketAddress } from '../src/address.ts'
import { tcp } from '../src/index.ts'
import { closeAll, connected, listening, socketPath } from './connected.ts'

afterEach(closeAll)

describe('addresses', () => {
  it('shows the port that the system chose', async () => {
    const { address } = await listening()
    expect(String(address)).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*$/)
  })

  it('expands a wildcard to the addresses of the interfaces', async () => {
    const { listener } = await listening({ listen: '/ip4/0.0.0.0/tcp/0' })
    const hosts = listener.getAddrs().map(ma => nodeAddress(ma).host)
    const expected = Object.values(networkInterfaces()).flatMap(list => list ?? [])
    expect(hosts).toEqual(expected.filter(entry => entry.family === 'IPv4').map(entry => entry.address))
    expect(hosts).toContain('127.0.0.1')
  })

  it.each([
    ['/ip4/1.2.3.4/tcp/5', { host: '1.2.3.4', port: 5, family: 4 }],
    ['/ip6/::1/tcp/5', { host: '::1', port: 5, family: 6 }],
    ['/ip6zone/eth0/ip6/fe80::1/tcp/5', { host: 'fe80::1%eth0', port: 5, family: 6 }],
    ['/dns/example.com/tcp/5', { host: 'example.com', port: 5, family: 0 }],
    ['/dns4/example.com/tcp/5', { host: 'example.com', port: 5, family: 4 }],
    ['/dns6/example.com/tcp/5', { host: 'example.com', port: 5, family: 6 }],
    ['/unix/run/a.sock', { path: '/run/a.sock' }]
  ])('%s is %j to a socket', (address, expected) => {
    const os = { platform: () => 'linux', networkInterfaces: () => ({ eth0: [] }) }
    expect(socketAddress(multiaddr(address), os)).toEqual(expected)
  })

  it('listens on one port for IPv4 and IPv6 at once', async () => {
    const { address } = await listening({ listen: '/ip4/0.0.0.0/tcp/0' })
    const port = nodeAddress(address).port
    const { listener } = await listening({ listen: `/ip6/::/tcp/${port}` })
    expect(listener.getAddrs().map(String)).toContain(`/ip6/::1/tcp/${port}`)
  })
})

describe('listening', () => {
  it.each([
    ['address-in-use', async () => (await listening()).address],
    ['address-not-available', async () => multiaddr('/ip4/192.0.2.1/tcp/0')],
    ['permission-denied', async () => multiaddr('/unix/no/such/directory/a.sock')],
    ['unsupported-address', async () => multiaddr('/ip4/127.0.0.1/udp/0')],
    ['unknown-zone', async () => multiaddr('/ip6zone/no-such-interface/ip6/fe80::1/tcp/0')]
  ])('fails with %s', async (code, address) => {
    const ma = await address()
    const listener = tcp()().createListener({ upgrader: new CollectingUpgrader() })
    await expect(listener.listen(ma)).rejects.toMatchObject({
      name: 'TcpError',
      code,
      message: expect.stringContaining(String(ma))
    })
    await listener.close()
  })

  it('announces that it listens and that it closed, once each', async () => {
    const events: string[] = []
    const listener = tcp()().createListener({ upgrader: new CollectingUpgrader() })
    for (const type of ['listening', 'close'] as const) listener.addEventListener(type, () => events.push(type))
    await listener.listen(multiaddr('/ip4/127.0.0.1/tcp/0'))
    await listener.close()
    await listener.close()
    expect(events).toEqual(['listening', 'close'])
    expect(listener.getAddrs()).toEqual([])
  })

  it('on a unix socket shows its path, until it closes', async () => {
    const path = socketPath()
    const { listener } = await listening({ listen: `/unix${path}` })
    expect(listener.getAddrs().map(String)).toEqual([`/unix${path}`])
    await listener.close()
    expect(listener.getAddrs()).toEqual([])
    expect(existsSync(path)).toBe(false)
  })

  it('cannot be used twice', async () => {
    const { listener, address } = await listening()
    const wrongState = { name: 'TcpError', code: 'listener-state' }
    await expect(listener.listen(address)).rejects.toMatchObject(wrongState)
    await listener.close()
    await expect(listener.listen(address)).rejects.toMatchObject(wrongState)
  })

  it('closes while it begins to listen', async () => {
    const before = activeHandles()
    const listener = tcp()().createListener({ upgrader: new CollectingUpgrader() })
    const starting = listener.listen(multiaddr('/dns4/localhost/tcp/0'))
    await listener.close()
    await starting
    await handlesReleased(before)
  })

  it('keeps the port from nobody once closed', async () => {
    const { listener, address } = await listening()
    await listener.close()
    expect((await listening({ listen: String(address) })).listener.getAddrs()).toHaveLength(1)
  })
})

describe('accepting', () => {
  it('takes many connections', async () => {
    const { address, upgrader } = await listening()
    const dialers = await Promise.all(Array.from({ length: 100 }, () => rawDial(tcp()(), address)))
    const acceptors = await Promise.all(dialers.map(() => upgrader.accepted()))
    expect(new Set(acceptors.map(conn => String(conn.remoteAddr))).size).toBe(100)
    for (const conn of [...dialers, ...acceptors]) conn.abort(new Error('done'))
  })

  it('closes those over the limit at once, counts them, and takes more when others have gone', async () => {
    const counts: Record<string, boolean>[] = []
    const group = { increment: (by: Record<string, boolean>) => counts.push(by), reset: () => {} }
    const metrics = { registerCounterGroup: () => group } as never
    const { address, upgrader } = await listening({ options: { maxConnections: 2 }, components: { metrics } })
    const [first] = await Promise.all([rawDial(tcp()(), address), rawDial(tcp()(), address)])
    const acceptors = [await upgrader.accepted(), await upgrader.accepted()]

    expect(await (await rawDial(tcp()(), address))[Symbol.asyncIterator]().next()).toMatchObject({ done: true })
    expect(upgrader.inbound).toHaveLength(2)
    expect(counts.filter(by => by.refused)).toHaveLength(1)

    first.abort(new Error('make room'))
    await Promise.race(acceptors.map(closed))
    const third = await rawDial(tcp()(), address)
    expect((await upgrader.accepted()).status).toBe('open')
    third.abort(new Error('done'))
  })

  it('ends a connection whose upgrade fails, and clears its signal', async () => {
    const { address, upgrader } = await listening()
    upgrader.onInbound = async conn => {
      for await (const _ of conn) throw new Error('no protocol in common')
    }
    const dialer = await rawDial(tcp()(), address)
    dialer.send(Uint8Array.of(1))
    await closed(dialer)
    expect(dialer.status).toBe('reset')
    expect(upgrader.inbound[0]?.status).toBe('aborted')
    expect(upgrader.cleared).toEqual(upgrader.signals)
  })

  it('survives an upgrader that throws', async () => {
    const { address, upgrader } = await listening()
    const { createInboundAbortSignal } = upgrader
    upgrader.createInboundAbortSignal = () => {
      upgrader.createInboundAbortSignal = createInboundAbortSignal
      throw new Error('broken')
    }
    // The reset may come before the dial is over.
    await rawDial(tcp()(), address).then(closed, () => {})
    expect(upgrader.inbound).toHaveLength(0)
    const dialer = await rawDial(tcp()(), address)
    expect((await upgrader.accepted()).status).toBe('open')
    dialer.abort(new Error('done'))
  })

  it('reports what the server reports, and goes on', async () => {
    const { listener, address, upgrader } = await listening()
    const error = new Promise(resolve => listener.addEventListener('error', event => resolve(event.detail)))
    const { server } = listener as unknown as { server: net.Server }
    server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
    expect(await error).toMatchObject({ name: 'TcpError', code: 'too-many-files' })
    const dialer = await rawDial(tcp()(), address)
    expect((await upgrader.accepted()).status).toBe('open')
    dialer.abort(new Error('done'))
  })

  it('drops a remote that leaves at once without a word', async () => {
    const { address, upgrader } = await listening()
    const { host, port } = nodeAddress(address)
    const socket = net.connect({ host, port })
    await once(socket, 'connect')
    socket.resetAndDestroy()
    const dialer = await rawDial(tcp()(), address)
    const acceptors = [await upgrader.accepted()]
    while (acceptors.at(-1)?.remoteAddr.getComponents()[1]?.value !== String(localPort(dialer))) {
      acceptors.push(await upgrader.accepted())
    }
    expect(acceptors.at(-1)?.status).toBe('open')
    dialer.abort(new Error('done'))
  })
})

describe('closing', () => {
  it('leaves no handle behind with connections open and pending', async () => {
    const before = activeHandles()
    const { listener, address, upgrader } = await listening()
    const dialers = await Promise.all([rawDial(tcp()(), address), rawDial(tcp()(), address)])
    await upgrader.accepted()
    await upgrader.accepted()
    upgrader.onInbound = (_, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const pending = await rawDial(tcp()(), address)
    const beingUpgraded = await upgrader.accepted()

    await listener.close()
    await closed(pending)
    expect(beingUpgraded.status).toBe('aborted')
    expect(dialers.map(conn => conn.status)).toEqual(['open', 'open'])

    for (const conn of dialers) conn.abort(new Error('done'))
    await Promise.all(upgrader.inbound.map(closed))
    await handlesReleased(before)
  })

  it('does not wait for an upgrader that ignores the signal', async () => {
    const { listener, address, upgrader } = await listening()
    upgrader.onInbound = () => new Promise(() => {})
    const dialer = await rawDial(tcp()(), address)
    await upgrader.accepted()
    await listener.close()
    await closed(dialer)
    expect(upgrader.inbound[0]?.status).toBe('aborted')
  })

  it('leaves upgraded connections working', async () => {
    const { listener, dialer, acceptor } = await connected()
    await listener.close()
    dialer.send(Uint8Array.of(7))
    for await (const chunk of acceptor) {
      expect([...chunk]).toEqual([7])
      break
    }
  })
})

function localPort(conn: ByteConnection): number {
  const { socket } = (conn as unknown as { owner: { socket: net.Socket } }).owner
  return (socket.address() as AddressInfo).port
}

async function closed(conn: ByteConnection): Promise<void> {
  if (conn.timeline.close === undefined) await new Promise(resolve => conn.addEventListener('close', resolve))
}

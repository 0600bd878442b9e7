import { once } from 'node:events'
import { createServer, request } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { isTransport, type Upgrader } from '@ts-libp2p/interface'
import { multiaddr, nodeAddress } from '@ts-libp2p/multiaddr'
import { activeHandles, CollectingUpgrader, handlesReleased, rawDial } from '@ts-libp2p/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { webSockets } from '../src/index.ts'
import { closeAll, closed, connected, dial, listening, trusting } from './connected.ts'

afterEach(closeAll)

it('is a transport', () => {
  const transport = webSockets()()
  expect(isTransport(transport)).toBe(true)
  const addresses = ['/ip4/1.2.3.4/tcp/1/ws', '/dns/a.b/tls/ws', '/ip4/1.2.3.4/tcp/1'].map(text => multiaddr(text))
  expect(transport.dialFilter(addresses)).toEqual(addresses.slice(0, 2))
  expect(transport.listenFilter(addresses)).toEqual(addresses.slice(0, 2))
})

it.each([[{ maxPayload: 0 }], [{ maxConnections: -1 }], [{ closeTimeoutMs: 1.5 }], [{ backlog: Number.NaN }]])(
  'refuses the options %j',
  options => {
    expect(() => webSockets(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  }
)

describe('dialling', () => {
  it('reports the addresses of both ends', async () => {
    const { dialer, acceptor, address } = await connected()
    expect(dialer.remoteAddr.equals(address)).toBe(true)
    expect(String(acceptor.remoteAddr)).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*\/ws$/)
    const secure = await connected({ listen: '/ip4/127.0.0.1/tcp/0/wss' })
    expect(String(secure.acceptor.remoteAddr)).toMatch(/\/tls\/ws$/)
  })

  it.each([
    ['/dns/localhost/tcp/PORT/ws', '/ws'],
    ['/dns4/localhost/tcp/PORT/tls/ws', '/tls/ws'],
    ['/dns4/localhost/tcp/PORT/wss', '/tls/ws'],
    ['/ip4/127.0.0.1/tcp/PORT/tls/sni/node.example/ws', '/tls/ws'],
    ['/ip4/127.0.0.1/tcp/PORT/ws/http-path/some%2Fpath', '/ws'],
    ['/ip4/127.0.0.1/tcp/PORT/ws/http-path/some%2Fpath', '/ws/http-path/some%2Fpath']
  ])('reaches %s where %s listens', async (to, suffix) => {
    const { port, upgrader } = await listening({ listen: `/ip4/127.0.0.1/tcp/0${suffix}` })
    const dialer = await dial(to.replace('PORT', String(port)))
    dialer.send(Uint8Array.of(1))
    expect((await (await upgrader.accepted())[Symbol.asyncIterator]().next()).value).toEqual(Uint8Array.of(1))
  })

  it.each([
    ['a name that the certificate is not for', '/tls/sni/other.example/ws', '/tls/ws', 'certificate'],
    ['another path than is listened on', '/ws/http-path/other', '/ws/http-path/here', 'upgrade-refused']
  ])('fails with %s', async (_, to, suffix, code) => {
    const { port } = await listening({ listen: `/ip4/127.0.0.1/tcp/0${suffix}` })
    await expect(dial(`/ip4/127.0.0.1/tcp/${port}${to}`)).rejects.toMatchObject({ name: 'WsError', code })
  })

  it('does not trust a certificate unless told to', async () => {
    const { address } = await listening({ listen: '/ip4/127.0.0.1/tcp/0/tls/ws' })
    await expect(dial(address, { websocket: {} })).rejects.toMatchObject({ name: 'WsError', code: 'certificate' })
    expect((await dial(address, { websocket: { rejectUnauthorized: false } })).status).toBe('open')
  })

  it('says who refused', async () => {
    const { address, listener } = await listening()
    await listener.close()
    await expect(dial(address)).rejects.toMatchObject({
      name: 'WsError',
      code: 'refused',
      message: expect.stringContaining(String(address)),
      cause: expect.objectContaining({ code: 'ECONNREFUSED' })
    })
  })

  it.each(['/ws', '/tls/ws'])('refuses a zone that is no interface here, before %s', async suffix => {
    const address = `/ip6zone/no-such-interface/ip6/fe80::1/tcp/1${suffix}`
    await expect(dial(address)).rejects.toMatchObject({
      name: 'WsError',
      code: 'unknown-zone',
      message: expect.stringContaining(address)
    })
  })

  it('says when the server speaks no WebSocket', async () => {
    const server = createServer((_, response) => response.writeHead(404).end('nothing here')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await expect(dial(`/ip4/127.0.0.1/tcp/${port}/ws`)).rejects.toMatchObject({
      code: 'upgrade-refused',
      message: expect.stringContaining('404')
    })
    server.close()
  })

  it.each([
    ['TCP connects', '/ws'],
    ['TLS shakes hands', '/tls/ws']
  ])('leaves no socket behind when cancelled before %s', async (_, suffix) => {
    const before = activeHandles()
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const reason = new Error('changed my mind')
    const to = multiaddr(`/ip4/127.0.0.1/tcp/${port}${suffix}`)
    await expect(rawDial(webSockets()(), to, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const dialling = rawDial(webSockets(trusting)(), to, controller.signal)
    controller.abort(reason)
    await expect(dialling).rejects.toBe(reason)
    server.close()
    await handlesReleased(before)
  })

  it('leaves no socket behind when cancelled while the server thinks', async () => {
    const before = activeHandles()
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const controller = new AbortController()
    const reason = new Error('too slow')
    const dialling = rawDial(webSockets()(), multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`), controller.signal)
    const [socket] = (await once(server, 'connection')) as [net.Socket]
    await once(socket, 'data')
    controller.abort(reason)
    await expect(dialling).rejects.toBe(reason)
    await once(socket, 'end')
    server.close()
    await handlesReleased(before)
  })

  it('ends the connection when the upgrade fails', async () => {
    const { address, upgrader } = await listening()
    const reason = new Error('who are you?')
    const failing: Upgrader = Object.assign(new CollectingUpgrader(), { upgradeOutbound: () => Promise.reject(reason) })
    const signal = new AbortController().signal
    await expect(webSockets()().dial(address, { upgrader: failing, signal })).rejects.toBe(reason)
    const acceptor = await upgrader.accepted()
    await closed(acceptor)
    expect(acceptor.status).toBe('reset')
  })

  it('counts what became of its attempts', async () => {
    const counts: unknown[] = []
    const metrics = { registerCounterGroup: () => ({ increment: (by: unknown) => counts.push(by) }) } as never
    const { address, listener } = await listening()
    await dial(address, {}, { metrics })
    await listener.close()
    await dial(address, {}, { metrics }).catch(() => {})
    expect(counts).toEqual([{ connected: true }, { failed: true }])
  })
})

describe('listening', () => {
  it.each([
    ['/ip4/127.0.0.1/tcp/0/ws', /^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*\/ws$/],
    ['/ip6/::1/tcp/0/ws', /^\/ip6\/::1\/tcp\/[1-9]\d*\/ws$/],
    ['/ip4/127.0.0.1/tcp/0/wss', /^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*\/tls\/ws$/],
    ['/ip4/127.0.0.1/tcp/0/tls/sni/a.b/ws', /\/tls\/sni\/a\.b\/ws$/]
  ])('on %s is announced as %s', async (listen, expected) => {
    expect(String((await listening({ listen })).address)).toMatch(expected)
  })

  it('on a wildcard is announced at every interface', async () => {
    const { listener, port } = await listening({ listen: '/ip4/0.0.0.0/tcp/0/ws' })
    expect(listener.getAddrs().map(String)).toContain(`/ip4/127.0.0.1/tcp/${port}/ws`)
    const both = await listening({ listen: `/ip6/::/tcp/${port}/ws` })
    expect(both.listener.getAddrs().map(String)).toContain(`/ip6/::1/tcp/${port}/ws`)
  })

  it.each([
    ['address-in-use', async () => String((await listening()).address), {}],
    ['address-not-available', async () => '/ip4/192.0.2.1/tcp/0/ws', {}],
    ['unsupported-address', async () => '/ip4/127.0.0.1/tcp/0', {}],
    ['unknown-zone', async () => '/ip6zone/no-such-interface/ip6/fe80::1/tcp/0/ws', {}],
    ['no-certificate', async () => '/ip4/127.0.0.1/tcp/0/tls/ws', {}],
    ['failed', async () => '/ip4/127.0.0.1/tcp/0/tls/ws', { tls: { key: 'no key', cert: 'no certificate' } }]
  ])('fails with %s', async (code, address, options) => {
    const ma = multiaddr(await address())
    const listener = webSockets(options)().createListener({ upgrader: new CollectingUpgrader() })
    await expect(listener.listen(ma)).rejects.toMatchObject({
      name: 'WsError',
      code,
      message: expect.stringContaining(String(ma))
    })
    await listener.close()
  })

  it('announces its life once, and is used once', async () => {
    const events: string[] = []
    const listener = webSockets()().createListener({ upgrader: new CollectingUpgrader() })
    for (const type of ['listening', 'close'] as const) listener.addEventListener(type, () => events.push(type))
    const ma = multiaddr('/ip4/127.0.0.1/tcp/0/ws')
    await listener.listen(ma)
    const wrongState = { name: 'WsError', code: 'listener-state' }
    await expect(listener.listen(ma)).rejects.toMatchObject(wrongState)
    await listener.close()
    await listener.close()
    await expect(listener.listen(ma)).rejects.toMatchObject(wrongState)
    expect([events, listener.getAddrs()]).toEqual([['listening', 'close'], []])
  })
})

describe('accepting', () => {
  it('takes many connections', async () => {
    const { address, upgrader } = await listening()
    await Promise.all(Array.from({ length: 50 }, () => dial(address)))
    const acceptors = await Promise.all(Array.from({ length: 50 }, () => upgrader.accepted()))
    expect(new Set(acceptors.map(conn => String(conn.remoteAddr))).size).toBe(50)
  })

  it('closes those over the limit at once and counts them', async () => {
    const counts: Record<string, boolean>[] = []
    const group = { increment: (by: Record<string, boolean>) => counts.push(by) }
    const metrics = { registerCounterGroup: () => group } as never
    const { address, upgrader } = await listening({ options: { maxConnections: 2 }, components: { metrics } })
    await Promise.all([dial(address), dial(address)])
    await expect(dial(address)).rejects.toMatchObject({ name: 'WsError' })
    expect(upgrader.inbound).toHaveLength(2)
    expect(counts.filter(by => by.refused)).toHaveLength(1)
  })

  it('answers plain HTTP with 426', async () => {
    const { port } = await listening()
    const [response] = await once(request({ port, host: '127.0.0.1' }).end(), 'response')
    expect(response.statusCode).toBe(426)
    response.resume()
  })

  it.each([
    'GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    '\x13/multistream/1.0.0\n',
    '\0\0\0'
  ])('survives %j', async bytes => {
    const { port, address, upgrader } = await listening()
    const socket = net.connect(port, '127.0.0.1')
    socket.end(bytes)
    socket.resume()
    await once(socket, 'close')
    const dialer = await dial(address)
    expect([upgrader.inbound.length, dialer.status]).toEqual([1, 'open'])
  })

  it('ends a connection whose upgrade fails, and clears its signal', async () => {
    const { address, upgrader } = await listening()
    upgrader.onInbound = () => Promise.reject(new Error('no protocol in common'))
    const dialer = await dial(address)
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
    await closed(await dial(address))
    expect((await dial(address)).status).toBe('open')
  })

  it('reports what the server reports, and goes on', async () => {
    const { listener, address } = await listening()
    const error = new Promise(resolve => listener.addEventListener('error', event => resolve(event.detail)))
    const { server } = listener as unknown as { server: net.Server }
    server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
    expect(await error).toMatchObject({ name: 'WsError', code: 'too-many-files' })
    expect((await dial(address)).status).toBe('open')
  })
})

describe('closing a listener', () => {
  it.each(['/ip4/127.0.0.1/tcp/0/ws', '/ip4/127.0.0.1/tcp/0/tls/ws'])(
    'on %s leaves no handle behind with connections open, pending and arriving',
    async listen => {
      const before = activeHandles()
      const { listener, address, upgrader } = await listening({ listen })
      const upgraded = await dial(address)
      const acceptor = await upgrader.accepted()
      upgrader.onInbound = (_, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      const pending = await dial(address)
      const beingUpgraded = await upgrader.accepted()
      const { host, port } = nodeAddress(address)
      const silent = net.connect({ host, port })
      silent.on('error', () => {})
      await once(silent, 'connect')
      await arrivals(listener, 1)

      await listener.close()
      await Promise.all([closed(pending), once(silent, 'close')])
      expect(beingUpgraded.status).toBe('aborted')
      expect([upgraded.status, acceptor.status]).toEqual(['open', 'open'])

      upgraded.send(Uint8Array.of(1))
      expect((await acceptor[Symbol.asyncIterator]().next()).value).toEqual(Uint8Array.of(1))
      await Promise.all([upgraded.close(), closed(upgraded), closed(acceptor)])
      await handlesReleased(before)
    }
  )
})

/** Waits until that many sockets have come and not become WebSockets. */
async function arrivals(listener: unknown, count: number): Promise<void> {
  const { arriving } = listener as { arriving: Map<string, unknown> }
  while (arriving.size < count) await new Promise(resolve => setImmediate(resolve))
}

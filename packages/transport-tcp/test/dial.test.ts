import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { isTransport, type Upgrader } from '@ts-libp2p/interface'
import { fromNodeAddress, multiaddr } from '@ts-libp2p/multiaddr'
import type { ByteConnection } from '@ts-libp2p/stream'
import { activeHandles, CollectingUpgrader, handlesReleased, rawDial } from '@ts-libp2p/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { tcp } from '../src/index.ts'
import { closeAll, connected, listening } from './connected.ts'

const PEER = '12D3KooWQF6Q3i1QkziJQ9mkNNcyFD8GPQz6R6oEvT75wgsVXm4v'

afterEach(closeAll)

it('is a transport', () => {
  const transport = tcp()()
  expect(isTransport(transport)).toBe(true)
  expect(Object.prototype.toString.call(transport)).toBe('[object @ts-libp2p/transport-tcp]')
})

it.each([
  ['/ip4/1.2.3.4/tcp/4001', true],
  [`/ip4/1.2.3.4/tcp/4001/p2p/${PEER}`, true],
  ['/ip6/2001:db8::1/tcp/4001', true],
  ['/ip6zone/eth0/ip6/fe80::1/tcp/4001', true],
  ['/dns/example.com/tcp/4001', true],
  ['/dns4/example.com/tcp/4001', true],
  ['/dns6/example.com/tcp/4001', true],
  ['/unix/run/node.sock', true],
  ['/dnsaddr/example.com/tcp/4001', false],
  ['/ip4/1.2.3.0/ipcidr/24/tcp/4001', false],
  ['/ip4/1.2.3.4/udp/4001', false],
  ['/ip4/1.2.3.4/udp/4001/quic-v1', false],
  ['/ip4/1.2.3.4/tcp/4001/ws', false],
  ['/ip4/1.2.3.4/tcp/4001/tls/ws', false],
  [`/ip4/1.2.3.4/tcp/4001/p2p/${PEER}/p2p-circuit`, false],
  ['/memory/1', false],
  ['/ip4/1.2.3.4', false]
])('filters %s: %s', (address, isOurs) => {
  const transport = tcp()()
  const ma = multiaddr(address)
  expect(transport.dialFilter([ma])).toEqual(isOurs ? [ma] : [])
  expect(transport.listenFilter([ma])).toEqual(isOurs ? [ma] : [])
})

describe('dialling', () => {
  it('reports the addresses of both ends', async () => {
    const { dialer, acceptor, listener } = await connected()
    expect(dialer.remoteAddr.equals(listener.getAddrs()[0])).toBe(true)
    expect(String(acceptor.remoteAddr)).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*$/)
    expect([dialer.direction, acceptor.direction]).toEqual(['outbound', 'inbound'])
  })

  it.each(['dns', 'dns4'])('lets the system look up /%s names', async kind => {
    const { address, upgrader } = await listening()
    const port = address.getComponents()[1]?.value
    const dialer = await rawDial(tcp()(), multiaddr(`/${kind}/localhost/tcp/${port}`))
    expect((await upgrader.accepted()).status).toBe('open')
    await dialer.close()
  })

  it.each([
    ['/ip4/1.2.3.4/udp/1', 'unsupported-address'],
    ['/unix/nowhere/to/be/found.sock', 'not-found'],
    ['/ip6zone/no-such-interface/ip6/fe80::1/tcp/1', 'unknown-zone']
  ])('rejects %s as %s', async (address, code) => {
    await expect(rawDial(tcp()(), multiaddr(address))).rejects.toMatchObject({
      name: 'TcpError',
      code,
      message: expect.stringContaining(address)
    })
  })

  it('says who refused', async () => {
    const address = await freeAddress()
    await expect(rawDial(tcp()(), address)).rejects.toMatchObject({
      name: 'TcpError',
      code: 'refused',
      message: expect.stringContaining(String(address)),
      cause: expect.objectContaining({ code: 'ECONNREFUSED' })
    })
  })

  it('does not begin when cancelled before', async () => {
    const { address, upgrader } = await listening()
    const reason = new Error('changed my mind')
    await expect(rawDial(tcp()(), address, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(upgrader.inbound).toHaveLength(0)
  })

  it('leaves no socket behind when cancelled while connecting', async () => {
    const before = activeHandles()
    const controller = new AbortController()
    const reason = new Error('took too long')
    const dial = rawDial(tcp()(), await freeAddress(), controller.signal)
    controller.abort(reason)
    await expect(dial).rejects.toBe(reason)
    await handlesReleased(before)
  })

  it('ends the connection when the upgrade fails', async () => {
    const { address, upgrader } = await listening()
    const reason = new Error('who are you?')
    let raw: ByteConnection | undefined
    const failing: Upgrader = Object.assign(new CollectingUpgrader(), {
      upgradeOutbound: async (conn: ByteConnection) => {
        raw = conn
        throw reason
      }
    })
    const signal = new AbortController().signal
    await expect(tcp()().dial(address, { upgrader: failing, signal })).rejects.toBe(reason)
    expect(raw?.status).toBe('aborted')
    const acceptor = await upgrader.accepted()
    await closed(acceptor)
    expect(acceptor.status).toBe('reset')
  })

  it('counts what became of its attempts', async () => {
    const counts: unknown[] = []
    const group = { increment: (by: unknown) => counts.push(by), reset: () => {} }
    const metrics = { registerCounterGroup: () => group } as never
    const { address } = await listening()
    const transport = tcp()({ metrics })
    const dialer = await rawDial(transport, address)
    await rawDial(transport, await freeAddress()).catch(() => {})
    expect(counts).toEqual([{ connected: true }, { failed: true }])
    dialer.abort(new Error('done'))
  })
})

it.each([[{ backlog: -1 }], [{ maxConnections: 1.5 }], [{ closeTimeoutMs: Number.NaN }]])(
  'refuses the options %j',
  options => {
    expect(() => tcp(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  }
)

/** Where nobody listens. */
async function freeAddress() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return fromNodeAddress({ host: '127.0.0.1', port }, 'tcp')
}

async function closed(conn: ByteConnection): Promise<void> {
  if (conn.timeline.close === undefined) await new Promise(resolve => conn.addEventListener('close', resolve))
}

import { isTransport, type Listener, type Multiaddr, type Transport } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import type { ByteConnection } from '@ts-libp2p/stream'
import { CollectingUpgrader, rawDial, VirtualClock } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_BYTES_IN_FLIGHT, MAX_PENDING_UPGRADES, MemoryNetwork, memory } from '../src/index.ts'

interface Setup {
  network: MemoryNetwork
  transport: Transport
  upgrader: CollectingUpgrader
  listener: Listener
  address: Multiaddr
}

async function listening(network = new MemoryNetwork(), listen = '/memory/0'): Promise<Setup> {
  const transport = memory({ network })()
  const upgrader = new CollectingUpgrader()
  const listener = transport.createListener({ upgrader })
  await listener.listen(multiaddr(listen))
  return { network, transport, upgrader, listener, address: listener.getAddrs()[0] as Multiaddr }
}

async function connected(setup?: Setup): Promise<Setup & { dialer: ByteConnection; acceptor: ByteConnection }> {
  const it = setup ?? (await listening())
  const dialer = await rawDial(it.transport, it.address)
  return { ...it, dialer, acceptor: await it.upgrader.accepted() }
}

async function readAll(conn: ByteConnection): Promise<number[]> {
  const bytes: number[] = []
  for await (const chunk of conn) for (const byte of chunk) bytes.push(byte)
  return bytes
}

it('is a transport for memory addresses', () => {
  const transport = memory()()
  expect(isTransport(transport)).toBe(true)
  const addresses = ['/memory/1', '/memory/18446744073709551615', '/ip4/1.2.3.4/tcp/1', '/memory/1/p2p-circuit']
  const ours = ['/memory/1', '/memory/18446744073709551615']
  expect(transport.dialFilter(addresses.map(multiaddr)).map(String)).toEqual(ours)
  expect(transport.listenFilter(addresses.map(multiaddr)).map(String)).toEqual(ours)
})

describe('addresses', () => {
  it('of one number are taken once, and free after closing', async () => {
    const first = await listening(undefined, '/memory/7')
    await expect(listening(first.network, '/memory/7')).rejects.toMatchObject({
      name: 'MemoryError',
      code: 'address-in-use'
    })
    await first.listener.close()
    expect(String((await listening(first.network, '/memory/7')).address)).toBe('/memory/7')
  })

  it('of number 0 are chosen', async () => {
    const network = new MemoryNetwork()
    const taken = ['/memory/1', '/memory/0', '/memory/0']
    const got: string[] = []
    for (const address of taken) got.push(String((await listening(network, address)).address))
    expect(got).toEqual(['/memory/1', '/memory/2', '/memory/3'])
  })

  it('of the dialling side differ', async () => {
    const setup = await listening()
    const [a, b] = [await connected(setup), await connected(setup)]
    expect(a.acceptor.remoteAddr.equals(b.acceptor.remoteAddr)).toBe(false)
    expect(String(a.dialer.remoteAddr)).toBe(String(setup.address))
  })

  it('with a peer after the number lead to the same place', async () => {
    const { transport, address } = await listening()
    const peer = '/p2p/12D3KooWQF6Q3i1QkziJQ9mkNNcyFD8GPQz6R6oEvT75wgsVXm4v'
    expect((await rawDial(transport, multiaddr(`${address}${peer}`))).status).toBe('open')
  })

  it('belong to one network', async () => {
    const { address } = await listening()
    await expect(rawDial(memory({ network: new MemoryNetwork() })(), address)).rejects.toMatchObject({
      code: 'refused'
    })
  })

  it('are shared by the whole process where no network is named', async () => {
    const upgrader = new CollectingUpgrader()
    const listener = memory()().createListener({ upgrader })
    await listener.listen(multiaddr('/memory/424242'))
    expect((await rawDial(memory()(), multiaddr('/memory/424242'))).status).toBe('open')
    await listener.close()
  })
})

describe('dialling', () => {
  it.each([
    ['/memory/12345', 'refused'],
    ['/ip4/127.0.0.1/tcp/1', 'unsupported-address']
  ])('rejects %s as %s', async (address, code) => {
    await expect(rawDial(memory()(), multiaddr(address))).rejects.toMatchObject({
      name: 'MemoryError',
      code,
      message: expect.stringContaining(address)
    })
  })

  it('is cancelled before and while it is under way', async () => {
    const clock = new VirtualClock()
    const { transport, address, upgrader } = await listening(new MemoryNetwork({ latencyMs: 10, clock }))
    const reason = new Error('changed my mind')
    await expect(rawDial(transport, address, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const dial = rawDial(transport, address, controller.signal)
    await clock.advance(15)
    controller.abort(reason)
    await expect(dial).rejects.toBe(reason)
    await clock.advance(100)
    expect(upgrader.inbound).toHaveLength(0)
  })

  it('ends the connection when the upgrade fails, at either side', async () => {
    const { transport, address, upgrader } = await listening()
    const reason = new Error('who are you?')
    const failing = Object.assign(new CollectingUpgrader(), { upgradeOutbound: () => Promise.reject(reason) })
    const signal = new AbortController().signal
    await expect(transport.dial(address, { upgrader: failing, signal })).rejects.toBe(reason)
    await expect(readAll(await upgrader.accepted())).rejects.toMatchObject({ name: 'StreamResetError' })

    upgrader.onInbound = () => Promise.reject(reason)
    await expect(readAll(await rawDial(transport, address))).rejects.toMatchObject({ cause: reason })
    expect(upgrader.cleared).toEqual(upgrader.signals)
  })

  it('is refused while too many wait to be upgraded', async () => {
    const { transport, address, upgrader } = await listening()
    upgrader.onInbound = () => new Promise(() => {})
    for (let i = 0; i < MAX_PENDING_UPGRADES; i++) await rawDial(transport, address)
    await expect(rawDial(transport, address)).rejects.toMatchObject({ name: 'MemoryError', code: 'refused' })
  })
})

describe('a listener', () => {
  it('announces its life once, and is used once', async () => {
    const events: string[] = []
    const listener = memory({ network: new MemoryNetwork() })().createListener({ upgrader: new CollectingUpgrader() })
    for (const type of ['listening', 'close'] as const) listener.addEventListener(type, () => events.push(type))
    await listener.listen(multiaddr('/memory/0'))
    const wrongState = { name: 'MemoryError', code: 'listener-state' }
    await expect(listener.listen(multiaddr('/memory/0'))).rejects.toMatchObject(wrongState)
    await listener.close()
    await listener.close()
    await expect(listener.listen(multiaddr('/memory/0'))).rejects.toMatchObject(wrongState)
    expect([events, listener.getAddrs()]).toEqual([['listening', 'close'], []])
  })

  it('that closes gives up what is being upgraded and leaves the rest', async () => {
    const { listener, upgrader, transport, address, dialer } = await connected()
    upgrader.onInbound = (_, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const pending = await rawDial(transport, address)
    await listener.close()
    await expect(readAll(pending)).rejects.toMatchObject({ cause: { code: 'listener-closed' } })
    expect(dialer.status).toBe('open')
  })

  it('that closes while a connection is on its way resets it', async () => {
    const clock = new VirtualClock()
    const { listener, transport, address, upgrader } = await listening(new MemoryNetwork({ latencyMs: 10, clock }))
    const dial = rawDial(transport, address)
    await clock.advance(20)
    const conn = await dial
    await listener.close()
    await clock.advance(20)
    expect([conn.status, upgrader.inbound.length]).toEqual(['reset', 0])
  })
})

describe.each([
  ['without latency', 0],
  ['with latency', 10]
])('a connection %s', (_, latencyMs) => {
  const setup = async () => {
    const clock = new VirtualClock()
    const it = await listening(new MemoryNetwork({ latencyMs, clock }))
    const connecting = connected(it)
    await clock.advance(3 * latencyMs)
    return { ...(await connecting), clock }
  }

  it('carries any bytes both ways and ends in good order', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(chunks, chunks, async (there, back) => {
        const { dialer, acceptor, clock } = await setup()
        const received = Promise.all([readAll(acceptor), readAll(dialer)])
        for (const chunk of there) dialer.send(chunk)
        for (const chunk of back) acceptor.send(chunk)
        await Promise.all([dialer.close(), acceptor.close()])
        await clock.advance(2 * latencyMs)
        expect(await received).toEqual([there.flatMap(c => [...c]), back.flatMap(c => [...c])])
        expect([dialer.status, acceptor.status]).toEqual(['closed', 'closed'])
      }),
      { numRuns: 30 }
    )
  })

  it('half-closes', async () => {
    const { dialer, acceptor, clock } = await setup()
    await dialer.close()
    await clock.advance(latencyMs)
    expect(await readAll(acceptor)).toEqual([])
    acceptor.send(Uint8Array.of(1, 2))
    await acceptor.close()
    await clock.advance(latencyMs)
    expect(await readAll(dialer)).toEqual([1, 2])
  })

  it('shows an abort as a reset, with its reason', async () => {
    const { dialer, acceptor, clock } = await setup()
    const reason = new Error('enough')
    dialer.abort(reason)
    await clock.advance(latencyMs)
    expect([dialer.status, acceptor.status]).toEqual(['aborted', 'reset'])
    await expect(readAll(acceptor)).rejects.toMatchObject({ name: 'StreamResetError', cause: reason })
  })

  it('stops a sender whose reader sleeps, and loses nothing', async () => {
    const { dialer, acceptor, clock } = await setup()
    const chunk = new Uint8Array(10_000).fill(9)
    let sent = 0
    for (let round = 0; round < 100; round++) {
      while (!dialer.writableNeedsDrain && sent < 50_000_000) {
        dialer.send(chunk)
        sent += chunk.byteLength
      }
      await clock.advance(latencyMs)
    }
    expect(sent).toBeLessThan(2 * MAX_BYTES_IN_FLIGHT)
    expect(acceptor.readBufferLength).toBeLessThan(MAX_BYTES_IN_FLIGHT + 300_000)
    const received = readAll(acceptor)
    const closing = dialer.close()
    for (let round = 0; round < 10; round++) await clock.advance(latencyMs)
    await closing
    expect((await received).length).toBe(sent)
  })
})

describe('latency', () => {
  it('counts round trips: one to connect, one per question', async () => {
    const clock = new VirtualClock()
    const it = await listening(new MemoryNetwork({ latencyMs: 50, clock }))
    const start = clock.now()
    const connecting = connected(it)
    await clock.advance(150)
    const { dialer, acceptor, network } = await connecting
    expect(network.flights).toBe(2)

    acceptor.addEventListener('message', () => acceptor.send(Uint8Array.of(2)))
    const answer = dialer[Symbol.asyncIterator]().next()
    dialer.send(Uint8Array.of(1))
    dialer.send(Uint8Array.of(1))
    await clock.advance(99)
    expect(dialer.readBufferLength).toBe(0)
    await clock.advance(1)
    expect((await answer).value).toEqual(Uint8Array.of(2))
    expect(network.flights).toBe(4)
    expect(clock.now() - start).toBe(250)
  })

  it.each([-1, Number.NaN])('cannot be %d', latencyMs => {
    expect(() => new MemoryNetwork({ latencyMs })).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})

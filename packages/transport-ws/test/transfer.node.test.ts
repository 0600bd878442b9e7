import { randomBytes } from 'node:crypto'
import { markSingleUse } from '@ts-libp2p/bytes'
import { type ByteConnection, StreamReader } from '@ts-libp2p/stream'
import { collect, randomChunks, SeededRandom, sendChunks, stalled, VirtualClock } from '@ts-libp2p/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { DEFAULT_CLOSE_TIMEOUT_MS, FLUSH_TIMEOUT_MS, MAX_LINGER_MS, MAX_WRITE_BATCH_BYTES } from '../src/index.ts'
import { closeAll, closed, connected, dial, listening, turns } from './connected.ts'

const random = new SeededRandom('ws')
/** Bytes that the system takes at most for a reader that sleeps. */
const HELD_BY_SYSTEM = 16_000_000

afterEach(closeAll)

function pieces(data: Uint8Array): Uint8Array[] {
  return randomChunks(data, random, 200_000)
}

describe.each([
  ['/ws over IPv4', '/ip4/127.0.0.1/tcp/0/ws'],
  ['/ws over IPv6', '/ip6/::1/tcp/0/ws'],
  ['/tls/ws', '/ip4/127.0.0.1/tcp/0/tls/ws'],
  ['/wss', '/ip4/127.0.0.1/tcp/0/wss']
])('%s', (_, listen) => {
  it('carries bytes both ways, byte for byte', async () => {
    const { dialer, acceptor } = await connected({ listen })
    const [there, back] = [randomBytes(2_000_000), randomBytes(1_500_000)]
    const [atAcceptor, atDialer] = await Promise.all([
      new StreamReader(acceptor).read(there.byteLength),
      new StreamReader(dialer).read(back.byteLength),
      sendChunks(dialer, pieces(there)),
      sendChunks(acceptor, pieces(back))
    ])
    expect(there.equals(atAcceptor)).toBe(true)
    expect(back.equals(atDialer)).toBe(true)
  })

  it('ends both sides in good order when one closes', async () => {
    const { dialer, acceptor } = await connected({ listen })
    dialer.send(Uint8Array.of(1, 2, 3))
    await dialer.close()
    expect(await collect(acceptor)).toEqual(Uint8Array.of(1, 2, 3))
    expect(await collect(dialer)).toHaveLength(0)
    await expect.poll(() => [dialer.status, acceptor.status]).toEqual(['closed', 'closed'])
  })

  it('frees buffers for one use when they were written, and not a byte before', async () => {
    const { dialer, acceptor } = await connected({ listen })
    for (const [from, to] of [
      [dialer, acceptor],
      [acceptor, dialer]
    ] as const) {
      to.pause()
      const chunks = Array.from({ length: 150 }, (_, i) => new Uint8Array(i % 3 === 0 ? 65_519 : 70_001).fill(i))
      const expected = Buffer.concat(chunks)
      chunks.forEach(markSingleUse)
      // Far more than the system takes, with a reader that sleeps: most of it waits half written.
      for (const chunk of chunks) from.send(chunk)
      to.resume()
      expect(expected.equals(await new StreamReader(to).read(expected.byteLength))).toBe(true)
      const freed = chunks.filter(chunk => chunk.byteLength === 0).length
      expect(freed > 0).toBe('transfer' in ArrayBuffer.prototype)
    }
  })

  it('shows an abort as a reset', async () => {
    const { dialer, acceptor } = await connected({ listen })
    acceptor.abort(new Error('enough'))
    expect(await closed(dialer)).toMatchObject({ name: 'WsError', code: 'reset' })
    expect([dialer.status, acceptor.status]).toEqual(['reset', 'aborted'])
  })

  it('stops a writer whose reader sleeps, and loses nothing', async () => {
    const { dialer, acceptor } = await connected({ listen })
    acceptor.pause()
    const sent = await stalled(dialer, randomBytes(64 * 1024), 2 * HELD_BY_SYSTEM)
    expect(sent).toBeLessThan(HELD_BY_SYSTEM + MAX_WRITE_BATCH_BYTES)
    expect(acceptor.readBufferLength).toBeLessThan(1_000_000)
    const closing = dialer.close()
    acceptor.resume()
    expect((await collect(acceptor)).byteLength).toBe(sent)
    await closing
  })
})

describe('both closing at once', () => {
  it('ends in good order', async () => {
    const { dialer, acceptor } = await connected()
    let closes = 0
    for (const conn of [dialer, acceptor]) conn.addEventListener('close', () => closes++)
    await Promise.all([dialer.close(), acceptor.close()])
    await Promise.all([collect(dialer), collect(acceptor)])
    expect([dialer.status, acceptor.status, closes]).toEqual(['closed', 'closed', 2])
  })
})

describe('a remote that breaks the rules', () => {
  it('by sending text loses its connection', async () => {
    const { port, upgrader } = await listening()
    const ws = await plainSocket(port)
    ws.send('hello')
    const conn = await upgrader.accepted()
    expect(await closed(conn)).toMatchObject({ name: 'WsError', code: 'text-frame' })
    expect(conn.status).toBe('aborted')
  })

  it('by a message over the limit loses its connection, and one at the limit arrives', async () => {
    const { port, upgrader } = await listening({ options: { maxPayload: 1000 } })
    const ws = await plainSocket(port)
    ws.send(new Uint8Array(1000))
    ws.send(new Uint8Array(1001))
    const conn = await upgrader.accepted()
    const error = closed(conn)
    const first = await conn[Symbol.asyncIterator]().next()
    expect(first.value?.byteLength).toBe(1000)
    expect(await error).toMatchObject({ name: 'WsError', code: 'message-too-large' })
    await ended(ws)
  })

  it('by a close with an error code is seen as a reset', async () => {
    const { port, upgrader } = await listening()
    const ws = await plainSocket(port)
    ws.close(1011, 'out of order')
    expect(await closed(await upgrader.accepted())).toMatchObject({
      code: 'reset',
      message: expect.stringContaining('1011: out of order')
    })
  })

  it.each([1000, 1001, undefined])('is not one that closes with %s', async code => {
    const { port, upgrader } = await listening()
    const ws = await plainSocket(port)
    ws.close(code)
    const conn = await upgrader.accepted()
    await collect(conn)
    await expect.poll(() => conn.status).toBe('closed')
  })

  it('takes messages in fragments as one flow', async () => {
    const { port, upgrader } = await listening()
    const ws = await plainSocket(port)
    for (const byte of [1, 2, 3]) ws.send(Uint8Array.of(byte), { binary: true, fin: byte === 3 })
    ws.close()
    expect(await collect(await upgrader.accepted())).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('closing', () => {
  it('tells the remote code 1000', async () => {
    const { port, upgrader } = await listening()
    const ws = await plainSocket(port)
    await (await upgrader.accepted()).close()
    expect(await ended(ws)).toBe(1000)
  })

  it('loses what the other side had not sent, and says so', async () => {
    const { dialer, acceptor } = await connected()
    dialer.pause()
    const sent = await stalled(acceptor, new Uint8Array(64 * 1024), 2 * HELD_BY_SYSTEM)
    const error = closed(acceptor)
    await dialer.close()
    dialer.resume()
    const received = collect(dialer)
    expect(await error).toMatchObject({ code: 'reset', message: expect.stringContaining('left to send') })
    expect((await received).byteLength).toBeLessThan(sent)
  })

  it('gives the remote its time to answer, then stops waiting', async () => {
    const { clock, dialer } = await silentServer()
    const error = closed(dialer)
    await dialer.close()
    await turns(50)
    await clock.advance(DEFAULT_CLOSE_TIMEOUT_MS - 1)
    expect(dialer.status).toBe('open')
    await clock.advance(1)
    expect(dialer.status).toBe('reset')
    expect(await error).toMatchObject({ name: 'WsError', code: 'timeout' })
  })

  it('gives up on a remote that does not take our last bytes', async () => {
    const { clock, dialer } = await silentServer()
    for (let i = 0; i < 200; i++) dialer.send(new Uint8Array(64 * 1024))
    const closing = dialer.close()
    await turns(300)
    await Promise.all([
      expect(closing).rejects.toMatchObject({ name: 'WsError', code: 'timeout' }),
      clock.advance(FLUSH_TIMEOUT_MS + 2 * DEFAULT_CLOSE_TIMEOUT_MS)
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not wait for ever for a reader of ours', async () => {
    const { clock, dialer, send } = await silentServer()
    send(new Uint8Array(10))
    while (dialer.readBufferLength === 0) await turns(1)
    await dialer.close()
    await clock.advance(MAX_LINGER_MS - 1)
    expect(dialer.status).toBe('open')
    await clock.advance(2 * DEFAULT_CLOSE_TIMEOUT_MS)
    expect(dialer.status).toBe('reset')
  })
})

const servers = new Set<WebSocketServer>()
afterEach(() => {
  for (const server of servers) {
    for (const ws of server.clients) ws.terminate()
    server.close()
  }
  servers.clear()
})

/** A connection, in virtual time, to a server that reads nothing once it has begun. */
async function silentServer(): Promise<{ clock: VirtualClock; dialer: ByteConnection; send(data: Uint8Array): void }> {
  const clock = new VirtualClock()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  servers.add(server)
  const arrived = new Promise<WebSocket>(resolve => server.once('connection', resolve))
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const dialer = await dial(`/ip4/127.0.0.1/tcp/${port}/ws`, {}, { clock })
  const remote = await arrived
  remote.pause()
  return { clock, dialer, send: data => remote.send(data) }
}

async function plainSocket(port: number): Promise<WebSocket> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}`)
  ws.on('error', () => {})
  await new Promise(resolve => ws.once('open', resolve))
  return ws
}

function ended(ws: WebSocket): Promise<number> {
  return new Promise(resolve => ws.once('close', resolve))
}

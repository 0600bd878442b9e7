import net, { type Socket } from 'node:net'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { type ByteConnection, noLog, systemClock } from '@ts-libp2p/stream'
import { activeHandles, handlesReleased, rawDial, VirtualClock } from '@ts-libp2p/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { accepted } from '../src/connection.ts'
import { DEFAULT_CLOSE_TIMEOUT_MS, FLUSH_TIMEOUT_MS, MAX_LINGER_MS, tcp } from '../src/index.ts'
import { closeAll, connected } from './connected.ts'

afterEach(closeAll)

describe('abort', () => {
  it('is seen as a reset', async () => {
    const { dialer, acceptor } = await connected()
    dialer.abort(new Error('enough'))
    const error = await closed(acceptor)
    expect(acceptor.status).toBe('reset')
    expect(error).toMatchObject({
      name: 'TcpError',
      code: 'reset',
      cause: expect.objectContaining({ code: 'ECONNRESET' })
    })
    expect(error?.message).toContain(String(acceptor.remoteAddr))
    expect(dialer.status).toBe('aborted')
  })

  it('has its own reason, also while the socket is ending', async () => {
    const { dialer } = await connected()
    const error = closed(dialer)
    dialer.send(new Uint8Array(10))
    await dialer.close()
    dialer.abort(new Error('enough of this'))
    expect((await error)?.message).toBe('enough of this')
    expect(dialer.status).toBe('aborted')
  })

  it('leaves no socket, also while it is ending', async () => {
    const before = activeHandles()
    const { dialer, acceptor, listener } = await connected()
    for (const end of [dialer, acceptor]) {
      end.send(new Uint8Array(10))
      await end.close()
      end.abort(new Error('enough'))
    }
    await listener.close()
    await handlesReleased(before)
  })

  it('does not wait for bytes that the remote does not take', async () => {
    const before = activeHandles()
    const { dialer, acceptor, listener } = await connected()
    acceptor.pause()
    for (let i = 0; i < 200; i++) dialer.send(new Uint8Array(64 * 1024))
    await turns(100)
    dialer.abort(new Error('enough'))
    acceptor.abort(new Error('me too'))
    await listener.close()
    await handlesReleased(before)
  })

  it('rejects who waits to send or to read', async () => {
    const { dialer, acceptor } = await connected()
    const reading = acceptor[Symbol.asyncIterator]().next()
    dialer.abort(new Error('enough'))
    await expect(reading).rejects.toMatchObject({ name: 'TcpError', code: 'reset' })
    await expect(acceptor.onDrain()).rejects.toMatchObject({ name: 'StreamStateError' })
  })
})

describe('close', () => {
  it('of both sides leaves no socket', async () => {
    const before = activeHandles()
    const { dialer, acceptor, listener } = await connected()
    await Promise.all([dialer.close(), acceptor.close(), listener.close()])
    await Promise.all([closed(dialer), closed(acceptor)])
    expect([dialer.status, acceptor.status]).toEqual(['closed', 'closed'])
    await handlesReleased(before)
  })

  it('gives the remote its time to end, then stops waiting', async () => {
    const { clock, dialer } = await silentRemote()
    await dialer.close()
    await left(dialer)
    const error = closed(dialer)
    await clock.advance(DEFAULT_CLOSE_TIMEOUT_MS - 1)
    expect(dialer.status).toBe('open')
    await clock.advance(1)
    expect(dialer.status).toBe('reset')
    expect(await error).toMatchObject({ name: 'TcpError', code: 'timeout' })
  })

  it('waits on while the remote sends, though not for ever', async () => {
    const { clock, dialer, remote } = await silentRemote()
    const reader = dialer[Symbol.asyncIterator]()
    await dialer.close()
    await left(dialer)
    const start = clock.now()
    while (dialer.status === 'open') {
      remote.write('x')
      await reader.next()
      await clock.advance(DEFAULT_CLOSE_TIMEOUT_MS)
    }
    expect(dialer.status).toBe('reset')
    expect(clock.now() - start).toBe(MAX_LINGER_MS)
  })

  it('lets a slow reader have everything, also when we have given up waiting', async () => {
    const clock = new VirtualClock()
    const { dialer, acceptor } = await connected({ components: { clock } })
    acceptor.pause()
    dialer.send(new Uint8Array(500_000))
    await dialer.close()
    await left(dialer)
    await clock.advance(DEFAULT_CLOSE_TIMEOUT_MS)
    await socketGone(dialer)
    acceptor.resume()
    let received = 0
    for await (const chunk of acceptor) received += chunk.byteLength
    expect(received).toBe(500_000)
  })

  it('gives up on a remote that does not take our last bytes', async () => {
    const { clock, dialer, remote } = await silentRemote()
    remote.pause()
    for (let i = 0; i < 200; i++) dialer.send(new Uint8Array(64 * 1024))
    const closing = dialer.close()
    await turns(200)
    await Promise.all([
      expect(closing).rejects.toMatchObject({ name: 'TcpError', code: 'timeout' }),
      clock.advance(2 * FLUSH_TIMEOUT_MS)
    ])
    expect(dialer.status).toBe('reset')
    await socketGone(dialer)
    expect(clock.pendingTimers).toBe(0)
  })
})

it('aborts an idle connection when asked to', async () => {
  const clock = new VirtualClock()
  const { dialer, acceptor } = await connected({ options: { socketInactivityTimeoutMs: 1000 }, components: { clock } })
  await clock.advance(1001)
  // Both are idle; whoever notices first resets the other.
  expect([dialer.status, acceptor.status].sort()).toEqual(['aborted', 'reset'])
})

it('reads by data events where Node does not let sockets be moved', async () => {
  const connections: ByteConnection[] = []
  const settings = { clock: systemClock, log: noLog, closeTimeoutMs: 500, keepAliveMs: 0, socketInactivityTimeoutMs: 0 }
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, socket => {
    const { _handle } = socket as unknown as { _handle: { useUserBuffer: unknown } }
    _handle.useUserBuffer = undefined
    connections.push(accepted(socket, multiaddr('/memory/0'), false, settings) as ByteConnection)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const dialer = await rawDial(tcp()(), multiaddr(`/ip4/127.0.0.1/tcp/${(server.address() as net.AddressInfo).port}`))
  for (let i = 0; i < 50; i++) if (!dialer.send(new Uint8Array(50_000).fill(i))) await dialer.onDrain()
  await dialer.close()

  const acceptor = connections[0] as ByteConnection
  acceptor.pause()
  await turns(50)
  expect(acceptor.readBufferLength).toBeLessThan(2_500_000)
  acceptor.resume()
  let at = 0
  for await (const chunk of acceptor) {
    expect(chunk.every((byte, i) => byte === Math.floor((at + i) / 50_000))).toBe(true)
    at += chunk.byteLength
  }
  expect(at).toBe(2_500_000)
  await acceptor.close()
  server.close()
})

/** A connection, in virtual time, to a plain socket that never ends its side. */
async function silentRemote(): Promise<{ clock: VirtualClock; dialer: ByteConnection; remote: Socket }> {
  const clock = new VirtualClock()
  const server = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  const arrived = new Promise<Socket>(resolve => server.once('connection', resolve))
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  const dialer = await rawDial(tcp()({ clock }), multiaddr(`/ip4/127.0.0.1/tcp/${port}`))
  const remote = await arrived
  remote.on('error', () => {})
  remote.resume()
  server.close()
  return { clock, dialer, remote }
}

/** Our end has gone out. */
async function left(conn: ByteConnection): Promise<void> {
  const { socket } = (conn as unknown as { owner: { socket: Socket } }).owner
  while (!socket.writableFinished) await turns(1)
}

async function socketGone(conn: ByteConnection): Promise<void> {
  const { socket } = (conn as unknown as { owner: { socket: Socket } }).owner
  while (!socket.closed) await turns(1)
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve))
}

async function closed(conn: ByteConnection): Promise<Error | undefined> {
  if (conn.timeline.close !== undefined) return undefined
  return new Promise(resolve => conn.addEventListener('close', event => resolve(event.error)))
}

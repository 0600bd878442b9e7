import { randomBytes } from 'node:crypto'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { type ByteConnection, noLog, systemClock } from '@ts-libp2p/stream'
import { CollectingUpgrader, collect, VirtualClock } from '@ts-libp2p/testing'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { endpoint } from '../src/endpoint.ts'
import { BROWSER_POLL_MS, MAX_BROWSER_BUFFERED_BYTES } from '../src/index.ts'
import type { ConnectionSettings } from '../src/settings.ts'
import { canDial, canListen, connect, createListener } from '../src/socket.browser.ts'
import { closeAll, closed, listening, turns } from './connected.ts'

const settings: ConnectionSettings = {
  clock: systemClock,
  log: noLog,
  closeTimeoutMs: 500,
  maxPayload: 1_000_000,
  websocket: {}
}
const never = new AbortController().signal

// Node 20 has no WebSocket of its own; that of the library has the same interface.
beforeAll(() => {
  if (!('WebSocket' in globalThis)) vi.stubGlobal('WebSocket', NodeWebSocket)
})
afterEach(closeAll)

async function connected(clock = systemClock): Promise<{ dialer: ByteConnection; acceptor: ByteConnection }> {
  const { address, upgrader } = await listening()
  const dialer = await connect(address, { ...settings, clock }, never)
  return { dialer, acceptor: await upgrader.accepted() }
}

describe("the browser's WebSocket", () => {
  it('carries bytes both ways and ends in good order', async () => {
    const { dialer, acceptor } = await connected()
    const [there, back] = [randomBytes(300_000), randomBytes(200_000)]
    const atDialer = collect(dialer)
    acceptor.send(back)
    await turns(50)
    dialer.send(there)
    const atAcceptor = collect(acceptor)
    await acceptor.onDrain()
    await turns(50)
    await dialer.close()
    expect(there.equals(await atAcceptor)).toBe(true)
    expect(back.equals(await atDialer)).toBe(true)
    await expect.poll(() => [dialer.status, acceptor.status]).toEqual(['closed', 'closed'])
  })

  it('shows an abort of either side as a reset', async () => {
    const first = await connected()
    first.dialer.abort(new Error('enough'))
    expect(await closed(first.acceptor)).toMatchObject({ name: 'WsError', code: 'reset' })
    const second = await connected()
    second.acceptor.abort(new Error('enough'))
    expect(await closed(second.dialer)).toMatchObject({ name: 'WsError', code: 'reset' })
  })

  it('holds a writer back whose reader sleeps', async () => {
    const clock = new VirtualClock()
    const { dialer, acceptor } = await connected(clock)
    acceptor.pause()
    let sent = 0
    for (let idle = 0; idle < 20; idle++) {
      while (!dialer.writableNeedsDrain) {
        dialer.send(new Uint8Array(64 * 1024))
        sent += 64 * 1024
        idle = 0
      }
      await turns(20)
      await clock.advance(BROWSER_POLL_MS)
    }
    const heldBySystem = 16_000_000
    expect(sent).toBeLessThan(heldBySystem + 2 * MAX_BROWSER_BUFFERED_BYTES)
    acceptor.resume()
    let received = 0
    const reading = (async () => {
      for await (const chunk of acceptor) received += chunk.byteLength
    })()
    void dialer.close()
    while (acceptor.timeline.close === undefined) {
      await turns(20)
      await clock.advance(BROWSER_POLL_MS)
    }
    await reading
    expect(received).toBe(sent)
  })

  it('refuses text', async () => {
    const { port } = await textServer()
    const conn = await connect(multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`), settings, never)
    await expect(collect(conn)).rejects.toMatchObject({ name: 'WsError', code: 'text-frame' })
  })

  it('cannot say why it did not connect', async () => {
    const { address, listener } = await listening()
    await listener.close()
    await expect(connect(address, settings, never)).rejects.toMatchObject({ name: 'WsError', code: 'connect-failed' })
  })

  it('is cancelled before and while it connects', async () => {
    const { address, upgrader } = await listening()
    const reason = new Error('changed my mind')
    await expect(connect(address, settings, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const dialling = connect(address, settings, controller.signal)
    controller.abort(reason)
    await expect(dialling).rejects.toBe(reason)
    expect(upgrader.inbound).toHaveLength(0)
  })

  it('cannot listen, and says so', () => {
    expect(canListen).toBe(false)
    expect(() => createListener(new CollectingUpgrader(), {} as never)).toThrow(
      expect.objectContaining({ name: 'WsError', code: 'cannot-listen' })
    )
  })

  it.each([
    ['https:', '/dns/example.com/tls/ws', true],
    ['https:', '/dns/example.com/ws', false],
    ['https:', '/ip4/127.0.0.1/tcp/1/ws', true],
    ['https:', '/dns/localhost/tcp/1/ws', true],
    ['http:', '/dns/example.com/ws', true],
    ['http:', '/dns/example.com/tls/ws', true]
  ])('on a page by %s may dial %s: %s', (protocol, address, isAllowed) => {
    vi.stubGlobal('location', { protocol })
    expect(canDial(endpoint(multiaddr(address)))).toBe(isAllowed)
    vi.stubGlobal('location', undefined)
  })
})

it('imports nothing of Node', async () => {
  const { readFileSync } = await import('node:fs')
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
    for (const [, from = ''] of source.matchAll(/^(?:import|export)(?! type)[^']*'([^']+)'/gm)) {
      expect(from, file).not.toMatch(/^node:|^ws$/)
      if (from === '#socket') visit('socket.browser.ts')
      else if (from.startsWith('./')) visit(from.slice(2))
    }
  }
  visit('index.ts')
  expect([...seen]).toContain('browser-port.ts')
})

/** A server that says hello in text. */
async function textServer(): Promise<{ port: number }> {
  const { WebSocketServer } = await import('ws')
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', ws => {
    ws.send('hello')
    server.close()
  })
  await new Promise(resolve => server.once('listening', resolve))
  return { port: (server.address() as { port: number }).port }
}

/**
 * Raw throughput over loopback, one process per side, against the bare `ws` library.
 *
 *   node --conditions=@ts-libp2p/source packages/transport-ws/bench/loopback.ts
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Multiaddr } from '@ts-libp2p/interface'
import { fromNodeAddress, multiaddr, nodeAddress } from '@ts-libp2p/multiaddr'
import { CollectingUpgrader, rawDial } from '@ts-libp2p/testing'
import { WebSocket, WebSocketServer } from 'ws'
import { webSockets } from '../src/index.ts'
import { certificate } from '../test/certificate.ts'

const TOTAL_BYTES = 600_000_000
const SIZES = [64 * 1024, 1024]
const OPTIONS = { tls: certificate, websocket: { ca: certificate.cert } }
const [, , role, port, size, kind] = process.argv

if (role === 'send') await send(Number(port), Number(size))
else await main()

async function main(): Promise<void> {
  for (const bytes of SIZES) {
    report('ws library', bytes, await plain(bytes))
    report('/ws       ', bytes, await ours('/ws', bytes))
    report('/tls/ws   ', bytes, await ours('/tls/ws', bytes))
  }
}

async function plain(bytes: number): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  startSender((server.address() as { port: number }).port, bytes, 'plain')
  const [ws] = (await once(server, 'connection')) as [WebSocket]
  const done = counted()
  ws.on('message', data => done.add((data as Buffer).byteLength))
  const seconds = await done.seconds
  ws.terminate()
  server.close()
  return seconds
}

async function ours(suffix: string, bytes: number): Promise<number> {
  const upgrader = new CollectingUpgrader()
  const listener = webSockets(OPTIONS)().createListener({ upgrader })
  await listener.listen(multiaddr(`/ip4/127.0.0.1/tcp/0${suffix}`))
  startSender(nodeAddress(listener.getAddrs()[0] as Multiaddr).port, bytes, suffix)
  const conn = await upgrader.accepted()
  const done = counted()
  conn.attach({ borrows: true, receive: chunk => done.add(chunk.byteLength), end: () => {}, closed: () => {} })
  const seconds = await done.seconds
  conn.abort(new Error('done'))
  await listener.close()
  return seconds
}

function counted(): { add: (bytes: number) => void; seconds: Promise<number> } {
  const start = performance.now()
  let left = TOTAL_BYTES
  let finish = (_: number): void => {}
  const seconds = new Promise<number>(resolve => {
    finish = resolve
  })
  return {
    seconds,
    add(bytes) {
      left -= bytes
      if (left <= 0) finish((performance.now() - start) / 1000)
    }
  }
}

function startSender(to: number, bytes: number, how: string): void {
  fork(new URL(import.meta.url), ['send', String(to), String(bytes), how])
}

async function send(to: number, bytes: number): Promise<void> {
  const chunk = new Uint8Array(bytes)
  if (kind === 'plain') return sendPlain(to, chunk)
  const address = fromNodeAddress({ host: '127.0.0.1', port: to }, 'tcp').encapsulate(kind as string)
  const conn = await rawDial(webSockets(OPTIONS)(), address)
  conn.addEventListener('close', () => process.exit())
  for (;;) if (!conn.send(chunk)) await conn.onDrain()
}

async function sendPlain(to: number, chunk: Uint8Array): Promise<void> {
  const ws = new WebSocket(`ws://127.0.0.1:${to}`, { perMessageDeflate: false })
  ws.on('error', () => {})
  await once(ws, 'open')
  while (ws.readyState === WebSocket.OPEN) {
    const sent = new Promise(resolve => ws.send(chunk, resolve))
    if (ws.bufferedAmount > 256 * 1024) await sent
  }
}

function report(what: string, bytes: number, seconds: number): void {
  const rate = Math.round(TOTAL_BYTES / seconds / 1e6)
  console.log(`${process.version} ${what} sends of ${bytes} bytes: ${rate} MB/s`)
}

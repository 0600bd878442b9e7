/**
 * Raw throughput over loopback, one process per side, against a plain `net.Socket`.
 *
 *   node --conditions=@ts-libp2p/source packages/transport-tcp/bench/loopback.ts
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import type { Multiaddr } from '@ts-libp2p/interface'
import { fromNodeAddress } from '@ts-libp2p/multiaddr'
import type { ByteConnection } from '@ts-libp2p/stream'
import { CollectingUpgrader, rawDial } from '@ts-libp2p/testing'
import { tcp } from '../src/index.ts'

const TOTAL_BYTES = 1_500_000_000
const SIZES = [64 * 1024, 1024]
const [, , role, port, size, kind] = process.argv

if (role === 'send') await send(Number(port), Number(size))
else await main()

async function main(): Promise<void> {
  for (const bytes of SIZES) {
    report('net.Socket', bytes, await plain(bytes))
    report('transport ', bytes, await ours(bytes))
  }
}

async function plain(bytes: number): Promise<number> {
  const server = net.createServer({ noDelay: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  startSender((server.address() as AddressInfo).port, bytes, 'plain')
  const [socket] = (await once(server, 'connection')) as [net.Socket]
  const done = counted()
  socket.on('data', chunk => done.add(chunk.length))
  const seconds = await done.seconds
  socket.destroy()
  server.close()
  return seconds
}

async function ours(bytes: number): Promise<number> {
  const upgrader = new CollectingUpgrader()
  const listener = tcp()().createListener({ upgrader })
  await listener.listen(fromNodeAddress({ host: '127.0.0.1', port: 0 }, 'tcp'))
  startSender(Number((listener.getAddrs()[0] as Multiaddr).getComponents()[1]?.value), bytes, 'ours')
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
  const conn: ByteConnection = await rawDial(tcp()(), fromNodeAddress({ host: '127.0.0.1', port: to }, 'tcp'))
  conn.addEventListener('close', () => process.exit())
  for (;;) if (!conn.send(chunk)) await conn.onDrain()
}

async function sendPlain(to: number, chunk: Uint8Array): Promise<void> {
  const socket = net.connect({ port: to, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => process.exit()).on('close', () => process.exit())
  for (;;) if (!socket.write(chunk)) await once(socket, 'drain')
}

function report(what: string, bytes: number, seconds: number): void {
  const rate = Math.round(TOTAL_BYTES / seconds / 1e6)
  console.log(`${process.version} ${what} sends of ${bytes} bytes: ${rate} MB/s`)
}

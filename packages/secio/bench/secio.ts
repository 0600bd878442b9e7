/**
 * Secio in one process over linked streams: no socket, both sides on one thread. Figures are per second of processor time.
 * Run it with `node --conditions=@ts-libp2p/source packages/secio/bench/secio.ts`.
 */
import { generateKeyPair } from '@ts-libp2p/crypto'
import type { MessageStream } from '@ts-libp2p/interface'
import { ByteStream, linkPair } from '@ts-libp2p/stream'
import { secio } from '../src/index.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
const [dialer, listener] = [secio()({ privateKey: alice }), secio()({ privateKey: bob })]

async function secure(): Promise<[MessageStream, MessageStream]> {
  const [a, b] = linkPair(end => new ByteStream(end))
  const results = await Promise.all([dialer.secureOutbound(a), listener.secureInbound(b)])
  return [results[0].connection, results[1].connection]
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

async function handshakesPerSecond(count: number): Promise<number> {
  const start = process.cpuUsage()
  for (let i = 0; i < count; i++) await secure()
  return count / secondsSince(start)
}

async function megabytesPerSecond(chunkBytes: number, totalBytes: number): Promise<number> {
  const [from, to] = await secure()
  const chunk = new Uint8Array(chunkBytes)
  let received = 0
  const done = new Promise<void>(resolve => {
    to.addEventListener('message', event => {
      received += event.data.byteLength
      if (received >= totalBytes) resolve()
    })
  })
  const start = process.cpuUsage()
  for (let sent = 0; sent < totalBytes; sent += chunkBytes) if (!from.send(chunk)) await from.onDrain()
  await done
  return totalBytes / 1e6 / secondsSince(start)
}

await handshakesPerSecond(100)
console.log(`handshakes/s: ${(await handshakesPerSecond(400)).toFixed(0)}`)
for (const [label, bytes, total] of [
  ['64 KiB', 65_536, 400_000_000],
  ['1 KiB', 1024, 200_000_000]
] as const) {
  await megabytesPerSecond(bytes, total / 10)
  console.log(`${label} sends: ${(await megabytesPerSecond(bytes, total)).toFixed(0)} MB/s`)
}

import type { ConnectionEncrypter, MessageStream } from '@ts-libp2p/interface'
import { ByteStream, linkPair } from '../src/index.ts'

/** Makes both ends of a channel. */
type Connect = () => Promise<[MessageStream, MessageStream]>

/** Prints what a secured channel takes, per second of processor time: both sides in one process, on one thread. */
export async function measureChannel(
  dialer: ConnectionEncrypter,
  listener: ConnectionEncrypter,
  handshakes: number
): Promise<void> {
  const connect: Connect = async () => {
    const [a, b] = linkPair(end => new ByteStream(end))
    const results = await Promise.all([dialer.secureOutbound(a), listener.secureInbound(b)])
    return [results[0].connection, results[1].connection]
  }
  await handshakesPerSecond(connect, handshakes / 4)
  console.log(`handshakes/s: ${(await handshakesPerSecond(connect, handshakes)).toFixed(0)}`)
  await measureThroughput(connect)
}

/** Prints the megabytes that go through a channel per second of processor time, its two ends in one process. */
export async function measureThroughput(connect: Connect): Promise<void> {
  for (const [label, bytes, total] of [
    ['64 KiB', 65_536, 400_000_000],
    ['1 KiB', 1024, 200_000_000]
  ] as const) {
    await megabytesPerSecond(connect, bytes, total / 10)
    console.log(`${label} sends: ${(await megabytesPerSecond(connect, bytes, total)).toFixed(0)} MB/s`)
  }
}

async function handshakesPerSecond(connect: Connect, count: number): Promise<number> {
  const start = process.cpuUsage()
  for (let i = 0; i < count; i++) await connect()
  return count / secondsSince(start)
}

async function megabytesPerSecond(connect: Connect, chunkBytes: number, totalBytes: number): Promise<number> {
  const [from, to] = await connect()
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

/** Seconds of processor time. */
export function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

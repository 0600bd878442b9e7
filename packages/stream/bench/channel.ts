import type { MessageStream } from '@ts-libp2p/interface'

/** Prints what a secured channel takes, per second of processor time: both sides in one process, on one thread. */
export async function measureChannel(
  secure: () => Promise<[MessageStream, MessageStream]>,
  handshakes: number
): Promise<void> {
  await handshakesPerSecond(secure, handshakes / 4)
  console.log(`handshakes/s: ${(await handshakesPerSecond(secure, handshakes)).toFixed(0)}`)
  for (const [label, bytes, total] of [
    ['64 KiB', 65_536, 400_000_000],
    ['1 KiB', 1024, 200_000_000]
  ] as const) {
    await megabytesPerSecond(secure, bytes, total / 10)
    console.log(`${label} sends: ${(await megabytesPerSecond(secure, bytes, total)).toFixed(0)} MB/s`)
  }
}

async function handshakesPerSecond(secure: () => Promise<unknown>, count: number): Promise<number> {
  const start = process.cpuUsage()
  for (let i = 0; i < count; i++) await secure()
  return count / secondsSince(start)
}

async function megabytesPerSecond(
  secure: () => Promise<[MessageStream, MessageStream]>,
  chunkBytes: number,
  totalBytes: number
): Promise<number> {
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

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

/**
 * Protected streams in one process over linked streams: no socket, both sides on one thread.
 * Run it with `node --conditions=@ts-libp2p/source packages/pnet/bench/pnet.ts`.
 */
import type { MessageStream } from '@ts-libp2p/interface'
import { ByteStream, linkPair } from '@ts-libp2p/stream'
import { generateKey, Keystream, pnet } from '../src/index.ts'

const psk = generateKey()

async function protectedPair(): Promise<[MessageStream, MessageStream]> {
  const [a, b] = linkPair(end => new ByteStream(end))
  const protector = pnet({ psk, remoteStart: new Uint8Array(0) })()
  return [await protector.protect(a), await protector.protect(b)]
}

async function megabytesPerSecond(chunkBytes: number, totalBytes: number): Promise<number> {
  const [from, to] = await protectedPair()
  const chunk = new Uint8Array(chunkBytes)
  let received = 0
  const done = new Promise<void>(resolve => {
    to.addEventListener('message', event => {
      received += event.data.byteLength
      if (received >= totalBytes) resolve()
    })
  })
  const start = performance.now()
  for (let sent = 0; sent < totalBytes; sent += chunkBytes) if (!from.send(chunk)) await from.onDrain()
  await done
  return totalBytes / 1e6 / ((performance.now() - start) / 1000)
}

function keystream(chunkBytes: number, totalBytes: number): number {
  const stream = new Keystream(psk, new Uint8Array(24))
  const chunk = new Uint8Array(chunkBytes)
  const start = performance.now()
  for (let done = 0; done < totalBytes; done += chunkBytes) stream.apply([chunk], chunkBytes)
  return totalBytes / 1e6 / ((performance.now() - start) / 1000)
}

for (const bytes of [65_536, 1024, 64]) {
  keystream(bytes, 5_000_000)
  console.log(`keystream, ${bytes} bytes at a time: ${keystream(bytes, 100_000_000).toFixed(0)} MB/s`)
}
for (const [label, bytes, total] of [
  ['64 KiB', 65_536, 200_000_000],
  ['1 KiB', 1024, 100_000_000]
] as const) {
  await megabytesPerSecond(bytes, total / 10)
  console.log(`${label} sends: ${(await megabytesPerSecond(bytes, total)).toFixed(0)} MB/s`)
}

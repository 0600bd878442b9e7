/**
 * Protected streams in one process over linked streams: no socket, both sides on one thread.
 * Figures are per second of processor time.
 * Run it with `node --conditions=@ts-libp2p/source packages/pnet/bench/pnet.ts`.
 */
import type { MessageStream } from '@ts-libp2p/interface'
import { ByteStream, linkPair } from '@ts-libp2p/stream'
import { measureThroughput, secondsSince } from '../../stream/bench/channel.ts'
import { generateKey, Keystream, pnet } from '../src/index.ts'

const psk = generateKey()

async function protectedPair(): Promise<[MessageStream, MessageStream]> {
  const [a, b] = linkPair(end => new ByteStream(end))
  const protector = pnet({ psk, remoteStart: new Uint8Array(0) })()
  return [await protector.protect(a), await protector.protect(b)]
}

function keystream(chunkBytes: number, totalBytes: number): number {
  const stream = new Keystream(psk, new Uint8Array(24))
  const chunk = new Uint8Array(chunkBytes)
  const start = process.cpuUsage()
  for (let done = 0; done < totalBytes; done += chunkBytes) stream.apply([chunk], chunkBytes)
  return totalBytes / 1e6 / secondsSince(start)
}

for (const bytes of [65_536, 1024, 64]) {
  keystream(bytes, 5_000_000)
  console.log(`keystream, ${bytes} bytes at a time: ${keystream(bytes, 100_000_000).toFixed(0)} MB/s`)
}
await measureThroughput(protectedPair)

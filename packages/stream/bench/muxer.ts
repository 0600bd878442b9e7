import type { StreamMuxer, StreamMuxerFactory } from '@ts-libp2p/interface'
import { ByteStream, linkPair } from '../src/index.ts'

/** Measures a muxer between its two ends in one process, nothing below it but a link: what the muxer itself costs. */
export async function measureMuxer(factory: StreamMuxerFactory): Promise<void> {
  for (const round of ['warm-up', 'measured']) {
    console.log(round)
    console.log(' ', await throughput(factory, 64 * 1024, 4e9))
    console.log(' ', await throughput(factory, 1024, 400e6))
    console.log(' ', await echoes(factory, 20_000, 1))
    console.log(' ', await echoes(factory, 50_000, 100))
  }
}

function muxedPair(factory: StreamMuxerFactory): [StreamMuxer, StreamMuxer] {
  const [a, b] = linkPair(end => new ByteStream(end))
  return [factory.createStreamMuxer(a), factory.createStreamMuxer(b)]
}

async function throughput(factory: StreamMuxerFactory, chunkBytes: number, totalBytes: number): Promise<string> {
  const [client, server] = muxedPair(factory)
  const received = new Promise<number>(resolve => {
    server.addEventListener('stream', ({ detail: stream }) => {
      let bytes = 0
      stream.addEventListener('message', event => {
        bytes += event.data.byteLength
      })
      stream.addEventListener('end', () => resolve(bytes))
    })
  })
  const stream = await client.createStream()
  const chunk = new Uint8Array(chunkBytes)
  const start = performance.now()
  for (let sent = 0; sent < totalBytes; sent += chunkBytes) if (!stream.send(chunk)) await stream.onDrain()
  await stream.close()
  const bytes = await received
  client.abort(new Error('done'))
  return `${Math.round(bytes / 1000 / (performance.now() - start))} MB/s at ${chunkBytes} bytes per send`
}

async function echoes(factory: StreamMuxerFactory, count: number, parallel: number): Promise<string> {
  const [client, server] = muxedPair(factory)
  server.addEventListener('stream', ({ detail: stream }) => {
    stream.addEventListener('message', event => stream.send(event.data))
    stream.addEventListener('remoteCloseWrite', () => void stream.close())
  })
  const body = new Uint8Array(64)
  const one = async (): Promise<void> => {
    const stream = await client.createStream()
    stream.send(body)
    stream.close()
    for await (const _ of stream);
  }
  const start = performance.now()
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  const seconds = (performance.now() - start) / 1000
  client.abort(new Error('done'))
  return `${Math.round(count / seconds)} streams/s opened, echoed and closed, ${parallel} at a time`
}

import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import type { Libp2p, Stream } from '@ts-libp2p/interface'
import { createLibp2p } from 'js-libp2p'
import { JS_LIBP2P, nodeOptions, ONE_HOST } from '../js-node.ts'
import { runAgent } from '../libp2p.ts'

const MANY_STREAMS = { maxInboundStreams: 4096, maxOutboundStreams: 4096, maxEarlyStreams: 4096 }

/**
 * By events, as js-libp2p's own perf protocol does: from the second time on its `onDrain()` resolves at once, and a loop
 * that trusts it never lets a byte leave.
 */
function drained(stream: Stream): Promise<void> {
  if (!stream.writableNeedsDrain) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const onDrain = (): void => {
      stream.removeEventListener('close', onClose)
      resolve()
    }
    const onClose = (): void => {
      stream.removeEventListener('drain', onDrain)
      reject(new Error('the stream was closed'))
    }
    stream.addEventListener('drain', onDrain, { once: true })
    stream.addEventListener('close', onClose, { once: true })
  })
}

await runAgent({
  ...JS_LIBP2P,
  drained,
  createNode: async ({ listen, services }) =>
    (await createLibp2p({
      ...nodeOptions(listen),
      transports: [tcp(), webSockets()],
      streamMuxers: [yamux(MANY_STREAMS)],
      connectionManager: { ...ONE_HOST, maxConnections: 10_000 },
      ...(services === 'all' ? { services: { identify: identify(), ping: ping() } } : {})
    })) as unknown as Libp2p
})

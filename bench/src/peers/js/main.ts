import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p, Multiaddr, Stream } from '@ts-libp2p/interface'
import { createLibp2p } from 'js-libp2p'
import { runAgent } from '../libp2p.ts'
import { packageVersion } from '../version.ts'

const MANY_STREAMS = { maxInboundStreams: 4096, maxOutboundStreams: 4096, maxEarlyStreams: 4096 }
/** All peers are one host here, which the defaults would slow down. */
const ONE_HOST = {
  maxConnections: 10_000,
  maxIncomingPendingConnections: 1_000,
  inboundConnectionThreshold: 1_000_000
}

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
  version: packageVersion('js-libp2p', import.meta.url),
  multiaddr: multiaddr as unknown as (text: string) => Multiaddr,
  drained,
  createNode: async ({ listen, services }) =>
    (await createLibp2p({
      addresses: { listen },
      transports: [tcp(), webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux(MANY_STREAMS)],
      connectionManager: ONE_HOST,
      connectionGater: { denyDialMultiaddr: () => false },
      ...(services === 'all' ? { services: { identify: identify(), ping: ping() } } : {})
    })) as unknown as Libp2p
})

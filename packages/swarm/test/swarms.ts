import { ed25519FromSeed, systemRandom } from '@ts-libp2p/crypto'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { noise } from '@ts-libp2p/noise'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createPeerStore } from '@ts-libp2p/peer-store'
import { noLog, systemClock } from '@ts-libp2p/stream'
import { memory } from '@ts-libp2p/transport-memory'
import { yamux } from '@ts-libp2p/yamux'
import { createSwarm, type Swarm, type SwarmOptions } from '../src/index.ts'

let count = 0

/** A swarm over the memory transport, with a key of its own, listening on `/memory/<n>`. Not started. */
export function makeSwarm(options: Partial<SwarmOptions> = {}): Swarm {
  const n = ++count
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, n)
  const privateKey = ed25519FromSeed(seed)
  const peerId = peerIdFromPrivateKey(privateKey)
  const logger = { forComponent: () => noLog }
  return createSwarm({
    ...{ privateKey, peerId, logger, clock: systemClock, random: systemRandom },
    peerStore: createPeerStore({ peerId }),
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    addresses: { listen: [multiaddr(`/memory/${n}`)] },
    ...options
  })
}

export async function startSwarm(options: Partial<SwarmOptions> = {}): Promise<Swarm & AsyncDisposable> {
  const swarm = makeSwarm(options)
  await swarm.start()
  return Object.assign(swarm, { [Symbol.asyncDispose]: () => swarm.stop() })
}

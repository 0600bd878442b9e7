/** Modules of either side, given to the node of the other, as users write it. Nothing here runs; `pnpm check` is the test. */
import { noise as chainsafeNoise } from '@chainsafe/libp2p-noise'
import { yamux as chainsafeYamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair as theirKey } from '@libp2p/crypto/keys'
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify as theirIdentify } from '@libp2p/identify'
import type * as Theirs from '@libp2p/interface'
import { type KadDHT, kadDHT } from '@libp2p/kad-dht'
import { memory as theirMemory } from '@libp2p/memory'
import { mplex as theirMplex } from '@libp2p/mplex'
import { noise as theirNoise } from '@libp2p/noise'
import { ping as theirPing } from '@libp2p/ping'
import { tcp as theirTcp } from '@libp2p/tcp'
import { tls as theirTls } from '@libp2p/tls'
import { webSockets as theirWebSockets } from '@libp2p/websockets'
import { yamux as theirYamux } from '@libp2p/yamux'
import { multiaddr as theirMultiaddr } from '@multiformats/multiaddr'
import { asLibp2p, asLibp2pService, fromLibp2p } from '@ts-libp2p/compat-js-libp2p'
import { generateKeyPair as ourKey } from '@ts-libp2p/crypto'
import { identify, type Identify as OurIdentify } from '@ts-libp2p/identify'
import type * as Ours from '@ts-libp2p/interface'
import { createLibp2p as createOurs } from '@ts-libp2p/libp2p'
import { mplex } from '@ts-libp2p/mplex'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { noise } from '@ts-libp2p/noise'
import { type Perf, perf } from '@ts-libp2p/perf'
import { type Ping as OurPing, ping } from '@ts-libp2p/ping'
import { plaintext } from '@ts-libp2p/plaintext'
import { pnet } from '@ts-libp2p/pnet'
import { secio } from '@ts-libp2p/secio'
import { tls } from '@ts-libp2p/tls'
import { memory } from '@ts-libp2p/transport-memory'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import { createLibp2p as createTheirs } from 'js-libp2p'

export async function oursInTheirs(psk: Uint8Array, connectionGater: Ours.ConnectionGater): Promise<Theirs.Libp2p> {
  return await createTheirs({
    privateKey: await ourKey('Ed25519'),
    transports: [asLibp2p(tcp()), asLibp2p(webSockets()), asLibp2p(memory())],
    connectionEncrypters: [noise(), tls(), plaintext(), secio()],
    streamMuxers: [yamux(), mplex()],
    connectionProtector: pnet({ psk }),
    connectionGater
  })
}

export async function theirsInOurs(connectionGater: Theirs.ConnectionGater): Promise<Theirs.Libp2p> {
  return await createOurs({
    privateKey: await theirKey('Ed25519'),
    transports: [theirTcp(), theirWebSockets(), theirMemory()],
    connectionEncrypters: [theirNoise(), theirTls(), chainsafeNoise()],
    streamMuxers: [theirYamux(), theirMplex(), chainsafeYamux()],
    connectionGater
  })
}

export function theirServicesInOurs(): Promise<Theirs.Libp2p<{ identify: Identify; dht: KadDHT; pubsub: GossipSub }>> {
  return createOurs({
    services: fromLibp2p({ identify: theirIdentify(), ping: theirPing(), dht: kadDHT(), pubsub: gossipsub() })
  })
}

export function ourServicesInTheirs(): Promise<Theirs.Libp2p<{ identify: OurIdentify; ping: OurPing; perf: Perf }>> {
  return createTheirs({
    services: {
      identify: asLibp2pService(identify()),
      ping: asLibp2pService(ping()),
      perf: asLibp2pService(perf())
    }
  })
}

/** What a service of js-libp2p needs must be there. */
export const withoutPing: unknown = fromLibp2p({
  // @ts-expect-error the DHT needs `ping` beside it
  dht: kadDHT()
})

/** Applications do not see whose node it is. */
export async function applications(ours: Ours.Libp2p, theirs: Theirs.Libp2p): Promise<Theirs.Stream[]> {
  const application = (node: Theirs.Libp2p, address: string): Promise<Theirs.Stream> =>
    node.dialProtocol(theirMultiaddr(address), '/echo/1.0.0')
  return [
    await application(ours, '/memory/a'),
    await application(theirs, '/memory/b'),
    await theirs.dialProtocol(multiaddr('/memory/c'), '/echo/1.0.0')
  ]
}

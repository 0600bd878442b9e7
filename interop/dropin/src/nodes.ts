import { identify as theirIdentify, identifyPush as theirIdentifyPush } from '@libp2p/identify'
import type { Libp2p, ServiceMap } from '@libp2p/interface'
import { mplex as theirMplex } from '@libp2p/mplex'
import { noise as theirNoise } from '@libp2p/noise'
import { type Ping, ping as theirPing } from '@libp2p/ping'
import { tcp as theirTcp } from '@libp2p/tcp'
import { tls as theirTls } from '@libp2p/tls'
import { webSockets as theirWebSockets } from '@libp2p/websockets'
import { yamux as theirYamux } from '@libp2p/yamux'
import { createLibp2p as createOurs, type Libp2pOptions as OurOptions } from '@ts-libp2p/libp2p'
import { mplex } from '@ts-libp2p/mplex'
import { noise } from '@ts-libp2p/noise'
import { tls } from '@ts-libp2p/tls'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import { createLibp2p as createTheirs, type Libp2pOptions as TheirOptions } from 'js-libp2p'

/** A node of either make, as applications see it. */
export type AnyNode = Libp2p<{ ping: Pick<Ping, 'ping'> }>

export const LISTEN = { tcp: '/ip4/127.0.0.1/tcp/0', ws: '/ip4/127.0.0.1/tcp/0/ws' }

/** Which protocols a node speaks: its modules are its own make unless others are given. */
export interface Speaks {
  transport?: keyof typeof LISTEN
  security?: 'noise' | 'tls'
  muxer?: 'yamux' | 'mplex'
}

export type TheirModules = Pick<TheirOptions, 'transports' | 'connectionEncrypters' | 'streamMuxers'>
export type OurModules = Pick<OurOptions, 'transports' | 'connectionEncrypters' | 'streamMuxers'>

/** The suite opens streams quickly, and mplex has no flow control. */
const ROOMY = { maxReadBufferLength: 16 * 1024 * 1024 }

const THEIRS = {
  transport: { tcp: () => theirTcp(), ws: () => theirWebSockets() },
  security: { noise: () => theirNoise(), tls: () => theirTls() },
  muxer: {
    yamux: () => theirYamux(),
    mplex: () => theirMplex({ disconnectThreshold: 10_000 })
  }
}
const OURS = {
  transport: { tcp: () => tcp(), ws: () => webSockets() },
  security: { noise: () => noise(), tls: () => tls() },
  muxer: { yamux: () => yamux(), mplex: () => mplex({ streamOptions: ROOMY }) }
}

/** The services that `ourNode` has too, of js-libp2p's make. */
export const theirServices = () => ({ identify: theirIdentify(), identifyPush: theirIdentifyPush(), ping: theirPing() })

type TheirFactories = ReturnType<typeof theirServices>
type TheirServices = { [Name in keyof TheirFactories]: ReturnType<TheirFactories[Name]> }

/**
 * Its heartbeat, every 10 s, and its ping service share a limit of one stream: whichever comes second fails, the heartbeat
 * together with its connection. The suite pings.
 */
const NO_HEARTBEAT = { enabled: false }

/** An unmodified js-libp2p node, with the modules given in place of its own. */
export async function jsNode<Services extends ServiceMap = TheirServices>(
  speaks: Speaks = {},
  given: Partial<TheirOptions<Services>> = {}
): Promise<Libp2p<Services>> {
  const { transport = 'tcp', security = 'noise', muxer = 'yamux' } = speaks
  return await createTheirs({
    addresses: { listen: [LISTEN[transport]] },
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: NO_HEARTBEAT,
    transports: [THEIRS.transport[transport]()],
    connectionEncrypters: [THEIRS.security[security]()],
    streamMuxers: [THEIRS.muxer[muxer]()],
    services: theirServices() as unknown as TheirOptions<Services>['services'],
    ...given
  })
}

/** A node of ours, with the modules given in place of its own. */
export async function ourNode(speaks: Speaks = {}, given: OurModules = {}): Promise<AnyNode> {
  const { transport = 'tcp', security = 'noise', muxer = 'yamux' } = speaks
  const node = await createOurs({
    addresses: { listen: [LISTEN[transport]] },
    transports: [OURS.transport[transport]()],
    connectionEncrypters: [OURS.security[security]()],
    streamMuxers: [OURS.muxer[muxer]()],
    ...given
  })
  return node
}

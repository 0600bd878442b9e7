import type { MessageStream, Multiaddr, MultiaddrConnection } from '@ts-libp2p/interface'
import type { Libp2pNode } from '@ts-libp2p/libp2p'
import { select } from '@ts-libp2p/multistream-select'
import { noise } from '@ts-libp2p/noise'
import type { ByteStream } from '@ts-libp2p/stream'
import { type Identity, identity, RawUpgrader, rawOf } from '@ts-libp2p/testing'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { YAMUX_PROTOCOL, type YamuxMuxer, type YamuxOptions, yamux } from '@ts-libp2p/yamux'

/** Milliseconds that an attacker waits for a connection. */
const CONNECT_MS = 10_000

type Target = Pick<Libp2pNode, 'getMultiaddrs'>

/** Who attacks, and the connection that the node will lose. */
export interface Attacker extends Identity {
  readonly raw: MultiaddrConnection
}

export interface SecuredAttacker extends Attacker {
  /** Behind noise: what is sent here is encrypted. */
  readonly connection: ByteStream
}

let attackers = 0

/** A connection without anything on it yet. */
export async function rawAttacker(
  node: Target,
  who: Identity = identity(`attacker ${attackers++}`)
): Promise<Attacker> {
  const address = node.getMultiaddrs()[0] as Multiaddr
  const isWebSocket = address.toString().includes('/ws')
  const transport = isWebSocket ? webSockets()() : tcp()()
  const options = { upgrader: new RawUpgrader(), signal: AbortSignal.timeout(CONNECT_MS) }
  return { ...who, raw: rawOf(await transport.dial(address, options)) }
}

/** A connection secured with noise, and no muxer agreed on. */
export async function securedAttacker(node: Target, who?: Identity): Promise<SecuredAttacker> {
  const attacker = await rawAttacker(node, who)
  await select(attacker.raw, '/noise')
  const { connection } = await noise()(attacker).secureOutbound(attacker.raw)
  return { ...attacker, connection: connection as ByteStream }
}

export interface MuxedAttacker extends SecuredAttacker {
  readonly muxer: YamuxMuxer
  /** A stream on which the protocol was agreed. */
  open(protocol: string): Promise<ByteStream>
}

/** A connection with a muxer that keeps the rules, for attacks by the protocols above it. */
export async function muxedAttacker(
  node: Target,
  options: { who?: Identity; muxer?: YamuxOptions } = {}
): Promise<MuxedAttacker> {
  const attacker = await securedAttacker(node, options.who)
  await select(attacker.connection, YAMUX_PROTOCOL)
  const muxer = yamux(options.muxer)().createStreamMuxer(attacker.connection)
  const open = async (protocol: string): Promise<ByteStream> => {
    const stream = await muxer.createStream()
    await select(stream, protocol)
    return stream
  }
  return { ...attacker, muxer, open }
}

/** Sends as fast as the other side takes it. False when the connection is gone: whoever floods is done then. */
export async function push(to: MessageStream, bytes: Uint8Array): Promise<boolean> {
  try {
    if (!to.send(bytes)) await to.onDrain()
    return true
  } catch {
    return false
  }
}

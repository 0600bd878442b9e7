import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { gossipsub } from '@ts-libp2p/gossipsub'
import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p, multiaddr, peerIdFromString, type Stream } from '@ts-libp2p/libp2p'
import { DHT, ECHO, type Peers, RESTART, STALL, TOPIC, WAKE } from '../src/protocols.ts'
import { CHUNK, echo } from './pattern.ts'

const MIB = 2 ** 20

type Browser = Awaited<ReturnType<typeof startNode>>

/** Nothing that only Node has: what a page would write. */
function startNode() {
  return createLibp2p({ services: { pubsub: gossipsub(), dht: kadDHT({ protocol: DHT, clientMode: true }) } })
}

/** What a node in a browser does with its peers. Each tells what came of it in values that can be posted. */
export const TALKS = {
  async identify(node: Browser, { server }: Peers) {
    const connection = await node.dial(multiaddr(server))
    const { protocols, agentVersion } = await node.services.identify.identify(connection)
    return { knowsEcho: protocols.includes(ECHO), isNode: agentVersion !== undefined }
  },

  async ping(node: Browser, { server }: Peers) {
    return await node.services.ping.ping(multiaddr(server))
  },

  /** 50 MiB there and back, sent as fast as the peer takes them. */
  async echo(node: Browser, { server }: Peers) {
    return await echo(await node.dialProtocol(multiaddr(server), ECHO), 50 * MIB)
  },

  /** The same, less of it, by TLS beneath. */
  async secure(node: Browser, { secure }: Peers) {
    const stream = await node.dialProtocol(multiaddr(secure), ECHO)
    const [connection] = node.getConnections()
    return { isSecure: /\/tls\/ws/.test(String(connection?.remoteAddr)), ...(await echo(stream, 5 * MIB)) }
  },

  /** Writes to a reader that sleeps for as long as it may, then wakes it. */
  async stall(node: Browser, { server }: Peers) {
    const stream = await node.dialProtocol(multiaddr(server), STALL)
    let sent = 0
    while (stream.send(CHUNK)) sent += CHUNK.byteLength
    sent += CHUNK.byteLength
    const drained = stream.onDrain()
    const waker = await node.dialProtocol(multiaddr(server), WAKE)
    await waker.close()
    await drained
    await stream.close()
    return { isBounded: sent <= 4 * MIB, isWhole: Number(await text(stream)) === sent }
  },

  async gossip(node: Browser, { server }: Peers) {
    const { pubsub } = node.services
    const answers = pubsub.topic(TOPIC)[Symbol.asyncIterator]()
    await node.dial(multiaddr(server))
    await pubsub.publish(TOPIC, fromUtf8('hello'))
    for await (const { data } of answers) if (toUtf8(data).startsWith('answer')) return toUtf8(data)
    return undefined
  },

  /** Finds the address of a peer that it was not told of. */
  async dht(node: Browser, { server, hidden }: Peers) {
    const connection = await node.dial(multiaddr(server))
    await node.services.identify.identify(connection)
    const wanted = hidden.at(-1) as string
    const peerId = peerIdFromString(wanted.slice(wanted.lastIndexOf('/') + 1))
    const { multiaddrs } = await node.peerRouting.findPeer(peerId)
    const found = await node.dial(peerId)
    return { hasAddress: multiaddrs.some(ma => wanted.startsWith(String(ma))), isConnected: found.status === 'open' }
  },

  async reconnect(node: Browser, { server, caretaker }: Peers) {
    const before = await node.dial(multiaddr(server))
    const lost = new Promise(resolve => node.addEventListener('connection:close', resolve, { once: true }))
    const restarted = text(await node.dialProtocol(multiaddr(caretaker), RESTART))
    await lost
    const said = await restarted
    const stream = await node.dialProtocol(multiaddr(server), ECHO)
    stream.send(fromUtf8('again'))
    await stream.close()
    return { said, before: before.status, echoed: await text(stream) }
  }
} as const

export type TalkName = keyof typeof TALKS

/** One talk, of a node of its own. */
export async function talk(name: TalkName, peers: Peers): Promise<unknown> {
  const node = await startNode()
  try {
    return await TALKS[name](node, peers)
  } finally {
    await node.stop()
  }
}

async function text(stream: Stream): Promise<string> {
  let all = ''
  for await (const chunk of stream) all += toUtf8(chunk.subarray())
  return all
}

import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'
import { ed25519FromSeed } from '@ts-libp2p/crypto'
import { type GossipsubOptions, gossipsub, StrictNoSign } from '@ts-libp2p/gossipsub'
import type { PrivateKey } from '@ts-libp2p/interface'
import { createLibp2p, multiaddr, peerIdFromPrivateKey } from '@ts-libp2p/libp2p'
import { noise } from '@ts-libp2p/noise'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'
import { TaskError } from '../task.ts'

/** Which of the nodes this is, and where they all are. */
export interface Place {
  readonly nodeId: number
  readonly listen: string
  /** The address of a node, without its peer id. */
  address(nodeId: number): Promise<string>
}

const PORT = 9000
/** As go-libp2p's in the harness. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024
/** The nodes of the harness share addresses of a simulated network, in no time at all. */
const NO_RATE_LIMITS = { maxInboundPending: 1000, inboundPerHostPerSecond: 1_000_000, inboundPerHostBurst: 1_000_000 }
/** The others may start a little later. */
const RETRY_MS = 100
const CONNECT_TIMEOUT_MS = 60_000

/** As the harness has it: the host name says which node this is, and finds the others. */
export function placeByHostname(name: string = hostname()): Place {
  const [, number] = /^node(\d+)$/.exec(name) ?? []
  if (number === undefined)
    throw new TaskError(`the host is called ${name}, not node<number>: give --node-id and --hosts`)
  return {
    nodeId: Number(number),
    listen: `/ip4/0.0.0.0/tcp/${PORT}`,
    async address(nodeId) {
      const { address } = await lookup(`node${nodeId}`, { family: 4 })
      return `/ip4/${address}/tcp/${PORT}`
    }
  }
}

/** For a test: each node has an address of its own, `host:port` with `{}` where its number goes. */
export function placeByPattern(nodeId: number, hosts: string): Place {
  const at = (number: number): string => {
    const [host, port] = hosts.replaceAll('{}', String(number)).split(':')
    return `/ip4/${host}/tcp/${port}`
  }
  return { nodeId, listen: at(nodeId), address: async number => at(number) }
}

/** The key of a node: its number in little-endian, with zeros behind it. */
function nodeKey(nodeId: number): PrivateKey {
  const seed = new DataView(new ArrayBuffer(32))
  seed.setBigUint64(0, BigInt(nodeId), true)
  return ed25519FromSeed(new Uint8Array(seed.buffer))
}

export function nodePeerId(nodeId: number): string {
  return peerIdFromPrivateKey(nodeKey(nodeId)).toString()
}

/** Messages are unsigned; their first eight bytes are their ids. */
export type GossipNode = Awaited<ReturnType<typeof startGossipNode>>

export async function startGossipNode({ nodeId, listen }: Place, options: GossipsubOptions) {
  return await createLibp2p({
    privateKey: nodeKey(nodeId),
    addresses: { listen: [listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    limits: NO_RATE_LIMITS,
    services: {
      pubsub: gossipsub({
        globalSignaturePolicy: StrictNoSign,
        msgIdFn: ({ data }) => data.slice(0, 8),
        maxMessageSize: MAX_MESSAGE_BYTES,
        ...options
      })
    }
  })
}

export async function connect(node: GossipNode, place: Place, nodeId: number): Promise<void> {
  const address = multiaddr(`${await place.address(nodeId)}/p2p/${nodePeerId(nodeId)}`)
  const giveUpAt = performance.now() + CONNECT_TIMEOUT_MS
  for (;;) {
    try {
      await node.dial(address)
      return
    } catch (err) {
      if (performance.now() > giveUpAt) throw err
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }
}

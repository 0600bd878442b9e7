/** The page's node, and its connection to the node in Node, made again when it is lost. */
import './traffic.ts'
import { gossipsub } from '@ts-libp2p/gossipsub'
import { createLibp2p, type Multiaddr, multiaddr } from '@ts-libp2p/libp2p'
import { ECHO, HUB_PATH } from '../protocols.ts'

const RETRY_MS = 1000
const PING_EVERY_MS = 2000
const BLOCK = new Uint8Array(64 * 1024)

export type ChatNode = Awaited<ReturnType<typeof startNode>>

export function startNode() {
  return createLibp2p({ services: { pubsub: gossipsub() } })
}

export interface LinkEvents {
  onUp(hubPeerId: string): void
  onDown(): void
  onPing(milliseconds: number): void
}

/** Dials the hub, and again whenever the connection is gone. */
export function keepLinked(node: ChatNode, events: LinkEvents): void {
  node.addEventListener('peer:disconnect', () => {
    events.onDown()
    void link(node, events)
  })
  void link(node, events)
  setInterval(() => void measure(node, events), PING_EVERY_MS)
}

async function link(node: ChatNode, events: LinkEvents): Promise<void> {
  for (;;) {
    try {
      const connection = await node.dial(await hubAddresses())
      return events.onUp(connection.remotePeer.toString())
    } catch (err) {
      console.info(`the hub is not there: ${err instanceof Error ? err.message : err}`)
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }
}

async function hubAddresses(): Promise<Multiaddr[]> {
  const response = await fetch(HUB_PATH)
  return ((await response.json()) as string[]).map(text => multiaddr(text))
}

async function measure(node: ChatNode, { onPing }: LinkEvents): Promise<void> {
  const [connection] = node.getConnections()
  if (connection === undefined) return
  await node.services.ping.ping(connection.remotePeer).then(onPing, () => {})
}

/** Sends so many bytes to the hub and back, as fast as they are taken. Resolves with bytes per second, both ways. */
export async function speedTest(node: ChatNode, bytes: number): Promise<number> {
  const [connection] = node.getConnections()
  if (connection === undefined) throw new Error('not connected')
  const stream = await connection.newStream(ECHO)
  const startedAt = performance.now()
  const receiving = (async () => {
    let received = 0
    for await (const chunk of stream) received += chunk.byteLength
    return received
  })()
  for (let sent = 0; sent < bytes; sent += BLOCK.byteLength) if (!stream.send(BLOCK)) await stream.onDrain()
  await stream.close()
  return ((bytes + (await receiving)) / (performance.now() - startedAt)) * 1000
}

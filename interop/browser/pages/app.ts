/** What the tests do in a page, bundled as an application would be: from `dist`, for browsers. */
import { gossipsub } from '@ts-libp2p/gossipsub'
import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p, multiaddr, peerIdFromString, type Stream } from '@ts-libp2p/libp2p'
import { IDBDatastore } from 'datastore-idb'
import { DHT, ECHO, TOPIC } from '../src/protocols.ts'

const MESSAGE = new Uint8Array(2 ** 20).map((_, i) => i % 251)
const REDIAL_MS = 100

async function startNode(place?: string) {
  const datastore = place === undefined ? undefined : new IDBDatastore(place)
  await datastore?.open()
  const services = { pubsub: gossipsub(), dht: kadDHT({ protocol: DHT, clientMode: true }) }
  return await createLibp2p({ datastore, services })
}
let node: Awaited<ReturnType<typeof startNode>>
/** What the page was told by its peers, and how often it lost a connection. */
const heard: string[] = []
let losses = 0
let freezes = 0
document.addEventListener('freeze', () => {
  freezes++
})

const commands = {
  /** Starts the node; with a place, its key and what it knows of its peers are kept there. Resolves with its peer id. */
  async start(place?: string): Promise<string> {
    node = await startNode(place)
    node.addEventListener('peer:disconnect', () => {
      losses++
    })
    await node.handle(ECHO, stream => stream.sink(stream.source))
    node.services.pubsub.addEventListener('message', ({ detail }) => heard.push(new TextDecoder().decode(detail.data)))
    node.services.pubsub.subscribe(TOPIC)
    return node.peerId.toString()
  },

  /** Does everything that a node in a page can with one peer. */
  async useAll(address: string) {
    const connection = await node.dial(multiaddr(address))
    const { agentVersion } = await node.services.identify.identify(connection)
    const rtt = await node.services.ping.ping(connection.remotePeer)
    const echoed = await echo(await connection.newStream(ECHO))
    await node.services.pubsub.publish(TOPIC, new TextEncoder().encode('hello'))
    const { multiaddrs } = await node.peerRouting.findPeer(connection.remotePeer)
    return { isKnown: agentVersion !== undefined, isAnswered: rtt >= 0, echoed, isFound: multiaddrs.length > 0 }
  },

  /** Dials a peer by its id alone: its addresses are those that were kept. */
  async dialKnown(peer: string): Promise<string> {
    const connection = await node.dial(peerIdFromString(peer))
    return connection.remoteAddr.toString()
  },

  async echo(): Promise<boolean> {
    return await echo(await (node.getConnections()[0] as { newStream(id: string): Promise<Stream> }).newStream(ECHO))
  },

  /** Dials the peer now and again whenever it is lost, for as long as the page is there. */
  keep(peer: string): void {
    const id = peerIdFromString(peer)
    const dial = (): void => void node.dial(id).catch(() => setTimeout(dial, REDIAL_MS))
    node.addEventListener('peer:disconnect', dial)
    dial()
  },

  state: () => ({ heard, losses, freezes, isHidden: document.hidden, connections: node.getConnections().length }),
  stop: () => node.stop()
}

async function echo(stream: Stream): Promise<boolean> {
  stream.send(MESSAGE)
  const closed = stream.close()
  let at = 0
  let isSame = true
  for await (const chunk of stream) for (const byte of chunk.subarray()) isSame &&= byte === MESSAGE[at++]
  await closed
  return isSame && at === MESSAGE.byteLength
}

declare global {
  /** In the page. */
  var app: AppInPage
}
type AppInPage = typeof commands

Object.assign(globalThis, { app: commands })

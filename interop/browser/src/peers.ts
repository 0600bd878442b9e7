/** The tests' peers, in Node: prints where they are as a line of JSON, and ends with its input. */
import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { gossipsub } from '@ts-libp2p/gossipsub'
import type { PrivateKey, Stream } from '@ts-libp2p/interface'
import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p, generateKeyPair } from '@ts-libp2p/libp2p'
import { webSockets } from '@ts-libp2p/transport-ws'
import { readCertificate } from './certificate.ts'
import { DHT, ECHO, type Peers, RESTART, STALL, TOPIC, WAKE } from './protocols.ts'

const ANY_PORT = '/ip4/127.0.0.1/tcp/0/ws'
const ANY_SECURE_PORT = '/ip4/127.0.0.1/tcp/0/tls/ws'
const HIDDEN_PEERS = 4
const POLL_MS = 10

type Server = Awaited<ReturnType<typeof startServer>>

async function startServer(privateKey: PrivateKey, listen: string) {
  const server = await createLibp2p({
    privateKey,
    addresses: { listen: [listen] },
    services: { pubsub: gossipsub(), dht: kadDHT({ protocol: DHT, clientMode: false }) }
  })
  const alarm = new EventEmitter()
  await server.handle(ECHO, stream => stream.sink(stream.source))
  await server.handle(STALL, async stream => {
    await once(alarm, 'wake')
    await tellLength(stream)
  })
  await server.handle(WAKE, async stream => {
    alarm.emit('wake')
    await stream.close()
  })
  const { pubsub } = server.services
  pubsub.addEventListener('message', ({ detail: { data } }) => {
    const text = toUtf8(data)
    if (!text.startsWith('answer')) void pubsub.publish(TOPIC, fromUtf8(`answer: ${text}`))
  })
  pubsub.subscribe(TOPIC)
  return server
}

async function tellLength(stream: Stream): Promise<void> {
  let length = 0
  for await (const chunk of stream) length += chunk.byteLength
  stream.send(fromUtf8(String(length)))
  await stream.close()
}

const addressOf = (node: { getMultiaddrs(): { toString(): string }[] }): string => String(node.getMultiaddrs()[0])

const key = await generateKeyPair('Ed25519')
let server: Server = await startServer(key, ANY_PORT)
const address = addressOf(server)
const hidden = await Promise.all(Array.from({ length: HIDDEN_PEERS }, startHidden))
await join()

const caretaker = await createLibp2p({
  addresses: { listen: [ANY_PORT, ANY_SECURE_PORT] },
  transports: [webSockets({ tls: readCertificate() })]
})
await caretaker.handle(ECHO, stream => stream.sink(stream.source))
await caretaker.handle(RESTART, async stream => {
  await server.stop()
  server = await startServer(key, address.replace(/\/p2p\/.*/, ''))
  await join()
  stream.send(fromUtf8('done'))
  await stream.close()
})

const [plain = '', secure = ''] = caretaker.getMultiaddrs().map(String)
const peers: Peers = { server: address, caretaker: plain, secure, hidden: hidden.map(addressOf) }
console.log(JSON.stringify(peers))
process.stdin.on('end', () => process.exit()).resume()

function startHidden() {
  const dht = kadDHT({ protocol: DHT, clientMode: false })
  return createLibp2p({ addresses: { listen: [ANY_PORT] }, services: { dht } })
}

/** The hidden peers come to the server, which will know them. */
async function join(): Promise<void> {
  await Promise.all(hidden.map(node => node.dial(server.getMultiaddrs())))
  while (server.services.dht.routingTable.size < HIDDEN_PEERS) await sleep(POLL_MS)
}

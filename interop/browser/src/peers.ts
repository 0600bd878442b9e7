/** The tests' peers, in Node: prints where they are as a line of JSON, and ends with its input. */
import { setTimeout as sleep } from 'node:timers/promises'
import { fromUtf8 } from '@ts-libp2p/bytes'
import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p, generateKeyPair } from '@ts-libp2p/libp2p'
import { webSockets } from '@ts-libp2p/transport-ws'
import { readCertificate } from './certificate.ts'
import { DHT, ECHO, type Peers, RESTART } from './protocols.ts'
import { type Server, startServer } from './server.ts'

const ANY_PORT = '/ip4/127.0.0.1/tcp/0/ws'
const ANY_SECURE_PORT = '/ip4/127.0.0.1/tcp/0/tls/ws'
const HIDDEN_PEERS = 4
const POLL_MS = 10

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

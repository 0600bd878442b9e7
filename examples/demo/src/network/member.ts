/**
 * One of the processes that find each other: a node that nobody told anything, with mDNS, a DHT and gossipsub. Answers the
 * questions that it reads, a JSON line each.
 */
import { createInterface } from 'node:readline'
import { bootstrap } from '@ts-libp2p/bootstrap'
import { generateKeyPair, sha256 } from '@ts-libp2p/crypto'
import { gossipsub } from '@ts-libp2p/gossipsub'
import type { PeerId } from '@ts-libp2p/interface'
import { kadDHT, type Query } from '@ts-libp2p/kad-dht'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { mdns } from '@ts-libp2p/mdns'
import { peerIdFromString, peerIdToBytes } from '@ts-libp2p/peer-id'
import { createIpnsRecord, defaultValidators, ipnsKey, parseIpnsRecord } from '@ts-libp2p/record'
import { createRecordStore, dhtMedium } from '@ts-libp2p/record-store'
import { StreamReader } from '@ts-libp2p/stream'
import { CID } from 'multiformats/cid'
import { create as digestOf } from 'multiformats/hashes/digest'
import type { Answers, Question, Told } from './questions.ts'

const DHT = '/demo/kad/1.0.0'
const CONTENT = '/demo/content/1.0.0'
const RAW = 0x55
const SHA2_256 = 0x12
const TOPIC = 'demo/chat'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const cidOf = async (content: Uint8Array): Promise<CID> => CID.createV1(RAW, digestOf(SHA2_256, await sha256(content)))

/** `--no-multicast`: as on a network that carries none. */
const hasMulticast = !process.argv.includes('--no-multicast')

const privateKey = await generateKeyPair('Ed25519')
const node = await createLibp2p({
  privateKey,
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  services: {
    ...(hasMulticast ? { mdns: mdns() } : {}),
    bootstrap: bootstrap(),
    dht: kadDHT({ protocol: DHT, clientMode: false, validators: defaultValidators }),
    chat: gossipsub()
  }
})
const { dht, chat } = node.services
const records = createRecordStore({ medium: dhtMedium(node.contentRouting) })
const startedAt = performance.now()

/** When and how each peer of the demo was first heard of. */
const heard = new Map<string, Told>()
node.addEventListener('peer:discovery', ({ detail: { id } }) => {
  void node.dial(id).catch(() => {}) // Somebody else’s node on the network, or just gone.
})
node.addEventListener('peer:identify', ({ detail: { peerId, protocols } }) => {
  const peer = peerId.toString()
  if (protocols.includes(DHT) && !heard.has(peer)) heard.set(peer, { peer, afterMs: performance.now() - startedAt })
})

const chatter: string[] = []
chat.addEventListener('message', ({ detail }) => {
  if (detail.type === 'signed') chatter.push(`${name(detail.from)}: ${text(detail.data)}`)
})
chat.subscribe(TOPIC)

const name = (peer: PeerId): string => `…${peer.toString().slice(-6)}`

async function drain(query: Query): Promise<string> {
  for await (const _ of query);
  return query.explain()
}

const answers: Answers = {
  async who() {
    return { peer: node.peerId.toString(), addresses: node.getMultiaddrs().map(String) }
  },

  async met({ count }) {
    await until(() => heard.size >= count && dht.routingTable.size >= count)
    return [...heard.values()]
  },

  /** Where multicast is off: the one address that somebody has to know. */
  async bootstrap({ address, count }) {
    await node.services.bootstrap.add(address)
    await node.services.bootstrap.connect()
    // Others join at the same time: whoever is not there yet comes with the next look.
    for (let met = 0; met < count; met = heard.size) {
      for await (const { id } of node.peerRouting.getClosestPeers(peerIdToBytes(node.peerId))) await node.dial(id)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  },

  async publish({ content }) {
    const bytes = utf8(content)
    const cid = await cidOf(bytes)
    await node.handle(CONTENT, async stream => {
      stream.send(bytes)
      await stream.close()
    })
    const record = await createIpnsRecord({
      privateKey,
      value: `/ipfs/${cid}`,
      sequence: 1n,
      expiresAt: Date.now() + 3_600_000
    })
    await records.put(ipnsKey(node.peerId), record)
    return { cid: cid.toString(), picture: await drain(dht.provide(cid)) }
  },

  async find({ author }) {
    const key = ipnsKey(peerIdFromString(author))
    const { value } = parseIpnsRecord(await records.get(key)) // its signature is checked by the store
    const cid = CID.parse(text(value).replace('/ipfs/', ''))
    const lookups = [await drain(dht.get(key))]
    const query = dht.findProviders(cid)
    for await (const event of query) {
      if (event.name !== 'PROVIDER') continue
      const content = await fetchFrom(event.providers[0]?.id as PeerId)
      if (query.traces().length > 0) lookups.push(query.explain())
      const isWhatWasNamed = (await cidOf(content)).equals(cid)
      if (isWhatWasNamed) return { value: text(value), content: text(content), pictures: lookups }
    }
    throw new Error(`nobody provides ${cid}`)
  },

  async say({ words }) {
    const { recipients } = await chat.publish(TOPIC, utf8(words))
    return recipients.length
  },

  async chatter({ count }) {
    await until(() => chatter.length >= count)
    return chatter
  }
}

async function fetchFrom(peer: PeerId): Promise<Uint8Array> {
  const stream = await node.dialProtocol(peer, CONTENT)
  return await new StreamReader(stream).readToEnd({ limitBytes: 64 * 1024 })
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 25))
}

async function answer(line: string): Promise<void> {
  const { id, ask, ...details } = JSON.parse(line) as Question
  const reply = (body: object): void => console.log(JSON.stringify({ id, ...body }))
  try {
    reply({ answer: (await answers[ask](details as never)) ?? null })
  } catch (error) {
    reply({ error: String(error) })
  }
}

const lines = createInterface({ input: process.stdin })
lines.on('line', line => void answer(line))
lines.once('close', () => {
  node.stop().finally(() => process.exit(0))
})

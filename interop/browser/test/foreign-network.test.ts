/** Topics and the DHT of the public network: a node in a page, go-libp2p and rust-libp2p, unmodified, over WebSocket. */
import { fromUtf8, toHex, toUtf8 } from '@ts-libp2p/bytes'
import { gossipsub } from '@ts-libp2p/gossipsub'
import { kadDHT, passthroughMapper, type QueryEvent } from '@ts-libp2p/kad-dht'
import { createLibp2p, generateKeyPair, peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/libp2p'
import { createIpnsRecord, ipnsKey, ipnsValidator } from '@ts-libp2p/record'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ForeignPeer, SCHEMES, type Scheme, START_TIMEOUT_MS } from './foreign.ts'

const NAMES = ['go', 'rust'] as const
type Name = (typeof NAMES)[number]
const CASES = NAMES.flatMap(name => SCHEMES.map(scheme => [name, scheme] as const))

/** Peers meet after a while, longer on a busy machine. */
const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 45_000, interval: 20 })

let theirs: Record<Name, ForeignPeer>
/** Of go: it knows both as members of the DHT, and each knows it. */
let third: ForeignPeer

beforeAll(async () => {
  const [go, rust, other] = await Promise.all((['go', 'rust', 'go'] as const).map(name => ForeignPeer.start(name)))
  theirs = { go, rust } as Record<Name, ForeignPeer>
  third = other as ForeignPeer
  for (const name of NAMES) await third.ask('dial', { addr: String(theirs[name].address('ws')) })
  await eventually(async () => {
    const [ofGo = 0, ofRust = 0, ofThird = 0] = await Promise.all(all().map(tableSize))
    // Those of go look around by themselves.
    expect([ofGo > 0, ofRust > 0, ofThird]).toEqual([true, true, 2])
  })
}, START_TIMEOUT_MS)
afterAll(() => Promise.all(all().map(peer => peer.end())))

const all = (): ForeignPeer[] => [theirs?.go, theirs?.rust, third].filter(peer => peer !== undefined)

const tableSize = async (peer: ForeignPeer): Promise<number> => (await peer.ask('dht-table')).size as number

/** A node in this page that knows one of the two. */
async function startOurs(name: Name, scheme: Scheme) {
  const dht = kadDHT({ clientMode: true, peerInfoMapper: passthroughMapper, validators: { ipns: ipnsValidator } })
  const ours = await createLibp2p({ services: { pubsub: gossipsub(), dht } })
  await ours.services.identify.identify(await ours.dial(theirs[name].address(scheme)))
  return ours
}

it.each(CASES)('chat with %s over %s', async (name, scheme) => {
  await using ours = await startOurs(name, scheme)
  const { pubsub } = ours.services
  const [peer, topic] = [theirs[name], `chat with ${name} over ${scheme}`]
  const heard = pubsub.topic(topic)[Symbol.asyncIterator]()
  await peer.ask('subscribe', { topic })
  await eventually(async () => {
    expect((await peer.ask('topicPeers', { topic })).subscribers).toEqual([String(ours.peerId)])
    expect(pubsub.getSubscribers(topic).map(String)).toEqual([peer.peerId])
  })
  for (const round of ['one', 'two', 'three']) {
    await pubsub.publish(topic, fromUtf8(`${round} from the page`))
    await eventually(async () => {
      const { messages } = await peer.ask('messages', { topic })
      expect((messages as { text: string }[]).map(({ text }) => text)).toContain(`${round} from the page`)
    })
    await peer.ask('publish', { topic, text: `${round} from ${name}` })
    const { value } = await heard.next()
    expect([toUtf8(value.data), String(value.from)]).toEqual([`${round} from ${name}`, peer.peerId])
  }
})

describe.each(CASES)('a client of the DHT that knows %s, over %s', (name, scheme) => {
  /** Whether the one that it knows said something in answer to a query. */
  async function wasTold(events: AsyncIterable<QueryEvent>, has: (told: Told) => boolean): Promise<boolean> {
    let isTold = false
    for await (const event of events) {
      if (event.name === 'PEER_RESPONSE' && String(event.from) === theirs[name].peerId) isTold ||= has(event)
    }
    return isTold
  }

  it('finds a peer, and dials it', async () => {
    await using ours = await startOurs(name, scheme)
    const { id, multiaddrs } = await ours.peerRouting.findPeer(peerIdFromString(third.peerId))
    expect(multiaddrs.map(ma => `${ma}/p2p/${id}`)).toContain(String(third.address(scheme)))
    expect(await ours.dial(id)).toMatchObject({ status: 'open' })
  })

  it('finds who provides something', async () => {
    await using ours = await startOurs(name, scheme)
    const cid = CID.createV1(raw.code, Digest.create(0x12, crypto.getRandomValues(new Uint8Array(32))))
    // Nobody confirms an announcement, and who is slow is not waited for.
    await eventually(async () => {
      await third.ask('dht-provide', { multihash: toHex(cid.multihash.bytes) })
      const told = wasTold(ours.services.dht.findProviders(cid), ({ providers }) =>
        providers.some(({ id }) => String(id) === third.peerId)
      )
      expect(await told).toBe(true)
    })
  })

  it('gets a record, and believes it', async () => {
    await using ours = await startOurs(name, scheme)
    const privateKey = await generateKeyPair('Ed25519')
    const key = ipnsKey(peerIdFromPrivateKey(privateKey))
    const expiresAt = Date.now() + 3_600_000
    const value = await createIpnsRecord({ privateKey, value: '/ipfs/bafkqaaa', sequence: 1n, expiresAt })
    const isIt = ({ record }: Told): boolean => record !== undefined && toHex(record.value) === toHex(value)
    await eventually(async () => {
      await third.ask('dht-put', { key: toHex(key), value: toHex(value) })
      expect(await wasTold(ours.services.dht.get(key), isIt)).toBe(true)
    })
    expect(toHex(await ours.contentRouting.get(key))).toBe(toHex(value))
  })
})

type Told = Extract<QueryEvent, { name: 'PEER_RESPONSE' }>

/** One DHT of nodes of four implementations, with the protocol and the validators of the public network. */
import { randomBytes } from 'node:crypto'
import { fromHex, toHex as hex } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { type KadError, kadDHT, passthroughMapper, type QueryEvent } from '@ts-libp2p/kad-dht'
import { createLibp2p, multiaddr, peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/libp2p'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { createIpnsRecord, ipnsKey, ipnsValidator, parseIpnsRecord, publicKeyKey } from '@ts-libp2p/record'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RemotePeer, startGoPeer, startJsPeer, startRustPeer } from '../src/index.ts'
import { eventually, START_TIMEOUT_MS } from './conversation.ts'

const THEIRS = { js: startJsPeer, go: startGoPeer, rust: startRustPeer } as const
type Name = keyof typeof THEIRS
const NAMES = Object.keys(THEIRS) as Name[]
/** Of each implementation; of ours one more. */
const NODES_EACH = 2

async function startOurs(clientMode = false) {
  const dht = kadDHT({ clientMode, peerInfoMapper: passthroughMapper, validators: { ipns: ipnsValidator } })
  return await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, services: { dht } })
}
type OurNode = Awaited<ReturnType<typeof startOurs>>

let ours: OurNode[]
let theirs: Record<Name, RemotePeer[]>
/** The implementation of each server, by its peer id. */
let members: Map<string, Name | 'ours'>

const ourAddr = (node: OurNode): string => String(node.getMultiaddrs()[0])
const withoutId = (addr: string): string => addr.replace(/\/p2p\/.*/, '')
const a = (name: Name): RemotePeer => theirs[name][0] as RemotePeer
const b = (name: Name): RemotePeer => theirs[name][1] as RemotePeer

beforeAll(async () => {
  const start = (): Promise<[Name, RemotePeer][]> =>
    Promise.all(NAMES.map(async name => [name, await THEIRS[name]({ services: ['dht'] })] as [Name, RemotePeer]))
  theirs = { js: [], go: [], rust: [] }
  for (let i = 0; i < NODES_EACH; i++) for (const [name, peer] of await start()) theirs[name].push(peer)
  ours = await Promise.all(Array.from({ length: NODES_EACH + 1 }, () => startOurs()))
  members = new Map([
    ...ours.map(node => [String(node.peerId), 'ours'] as const),
    ...NAMES.flatMap(name => theirs[name].map(peer => [peer.peerId, name] as const))
  ])
  await join()
}, START_TIMEOUT_MS)

afterAll(async () => {
  await Promise.all(Object.values(theirs ?? {}).flatMap(peers => peers.map(peer => peer[Symbol.asyncDispose]())))
  await Promise.all((ours ?? []).map(node => node.stop()))
})

/** Each comes to the network by one that is there, of another implementation; then all look around. */
async function join(): Promise<void> {
  const [first, second, third] = ours as [OurNode, OurNode, OurNode]
  await a('go').call('dial', { addr: ourAddr(first) })
  await a('js').call('dial', { addr: a('go').address('tcp') })
  await a('rust').call('dial', { addr: a('js').address('tcp') })
  await second.dial(multiaddr(a('rust').address('tcp')))
  await b('go').call('dial', { addr: ourAddr(second) })
  await b('js').call('dial', { addr: b('go').address('tcp') })
  await b('rust').call('dial', { addr: b('js').address('tcp') })
  await third.dial(multiaddr(b('rust').address('tcp')))
  await eventually(async () => {
    await Promise.all([
      ...ours.map(node => node.services.dht.refreshRoutingTable()),
      ...NAMES.flatMap(name => theirs[name].map(peer => peer.call('dht-refresh')))
    ])
    expect(await tableSizes()).toEqual(Array.from(members, () => members.size - 1))
  })
}

async function tableSizes(): Promise<number[]> {
  const sizes = NAMES.flatMap(name => theirs[name].map(async peer => (await peer.call('dht-table')).size as number))
  return [...ours.map(node => node.services.dht.routingTable.size), ...(await Promise.all(sizes))]
}

/** The implementations whose nodes answer a query of ours with what is looked for: each such node once, sorted. */
async function holders(events: AsyncIterable<QueryEvent>, has: (event: QueryEvent) => boolean): Promise<string[]> {
  const found = new Set<string>()
  for await (const event of events) {
    if (event.name === 'PEER_RESPONSE' && has(event)) found.add(String(event.from))
  }
  return [...found].flatMap(id => members.get(id) ?? []).sort()
}

/** Of ours those that have stored what is looked for: nobody else is asked. */
async function ourHolders(find: (node: OurNode) => AsyncIterable<QueryEvent>): Promise<Set<string>> {
  const found = new Set<string>()
  for (const node of ours) {
    try {
      for await (const _ of find(node)) found.add(String(node.peerId))
    } catch (err) {
      if ((err as Partial<KadError>).code !== 'not-found') throw err
    }
  }
  return found
}

const allOfOurs = (): Set<string> => new Set(ours.map(node => String(node.peerId)))

const EVERYBODY = ['go', 'go', 'js', 'js', 'ours', 'ours', 'rust', 'rust']

describe('peers', () => {
  const via = NAMES.flatMap(by => NAMES.map(target => [by, target] as const))

  it.each(via)('ours, which knows a node of %s, finds one of %s', async (by, target) => {
    const client = await startOurs(true)
    await client.dial(multiaddr(a(by).address('tcp')))
    const found = await client.peerRouting.findPeer(peerIdFromString(b(target).peerId))
    expect(found.multiaddrs.map(ma => `${ma}/p2p/${found.id}`)).toContain(b(target).address('tcp'))
    await client.stop()
  })

  it.each(NAMES)('%s finds one of ours that has just come', async name => {
    const newcomer = await startOurs()
    try {
      await newcomer.dial(multiaddr(ourAddr(ours[0] as OurNode)))
      // rust tells the id of the peer as a part of the address, the others do not.
      await eventually(async () => {
        const { addrs } = await a(name).call('dht-find-peer', { peer: String(newcomer.peerId) })
        expect((addrs as string[]).map(withoutId)).toContain(withoutId(ourAddr(newcomer)))
      })
    } finally {
      await newcomer.stop()
    }
  })
})

describe('the nearest peers', () => {
  /** Of the servers that were there from the beginning, without the one that asks. */
  async function nearest(key: Uint8Array, asker: string): Promise<string[]> {
    const target = await sha256.encode(key)
    const distances = await Promise.all(
      [...members.keys()].map(async id => {
        const hash = await sha256.encode(peerIdToBytes(peerIdFromString(id)))
        return [hex(hash.map((byte, i) => byte ^ (target[i] as number))), id] as const
      })
    )
    const sorted = distances.sort(([one], [other]) => (one < other ? -1 : 1))
    return sorted.map(([, id]) => id).filter(id => id !== asker)
  }

  it.each(NAMES)('%s finds the same ones as the arithmetic', async name => {
    const key = new Uint8Array(randomBytes(34))
    // Who is slow is passed over, by ours too.
    await eventually(async () => {
      const { peers } = await a(name).call('dht-closest', { key: hex(key) })
      const known = (peers as string[]).filter(id => members.has(id) && id !== a(name).peerId)
      expect(known).toEqual(await nearest(key, a(name).peerId))
    })
  })

  it('ours as well', async () => {
    const [node] = ours as [OurNode]
    const key = new Uint8Array(randomBytes(34))
    await eventually(async () => {
      const found: string[] = []
      for await (const { id } of node.peerRouting.getClosestPeers(key)) found.push(String(id))
      expect(found.filter(id => members.has(id))).toEqual(await nearest(key, String(node.peerId)))
    })
  })
})

describe('providers', () => {
  /** Multihashes of what nobody has to hash: the DHT takes them as they are. */
  const multihash = (code: number, length: number): CID =>
    CID.createV1(raw.code, Digest.create(code, new Uint8Array(randomBytes(length))))
  const HASHES = {
    'sha2-256': () => multihash(0x12, 32),
    'sha2-512': () => multihash(0x13, 64),
    'blake2b-256': () => multihash(0xb220, 32),
    blake3: () => multihash(0x1e, 32),
    identity: () => multihash(0x00, 20)
  } as const
  const hashes = Object.keys(HASHES) as (keyof typeof HASHES)[]
  /** js-libp2p takes only what could be a CIDv0. */
  const storing = (hash: string): string[] =>
    hash === 'sha2-256' ? EVERYBODY : EVERYBODY.filter(name => name !== 'js')

  /** go tells of a provider again when it has learnt its addresses. */
  async function found(by: Name, { multihash }: CID): Promise<Set<string>> {
    const { peers } = await a(by).call('dht-providers', { multihash: hex(multihash.bytes) })
    return new Set(peers as string[])
  }

  it.each(hashes)('what ours provide is found by all, key of %s', async hash => {
    const [provider, asker] = ours as [OurNode, OurNode]
    const cid = HASHES[hash]()
    await provider.contentRouting.provide(cid)
    const id = String(provider.peerId)
    // Nobody confirms an announcement, so that it may be on its way yet.
    await eventually(async () => {
      for (const name of NAMES) expect(await found(name, cid), name).toEqual(new Set([id]))
    })
    const has = (event: QueryEvent): boolean =>
      event.name === 'PEER_RESPONSE' && event.providers.some(peer => String(peer.id) === id)
    await eventually(async () => {
      expect(await holders(asker.services.dht.findProviders(cid), has)).toEqual(storing(hash))
    })
  })

  it.each(NAMES.flatMap(name => hashes.map(hash => [name, hash] as const)))(
    'what %s provides is found by all, key of %s',
    async (name, hash) => {
      const cid = HASHES[hash]()
      const { peerId } = a(name)
      await a(name).call('dht-provide', { multihash: hex(cid.multihash.bytes) })
      await eventually(async () => {
        const holding = await ourHolders(node => node.services.dht.findProviders(cid, { useNetwork: false }))
        expect(holding).toEqual(allOfOurs())
      })
      for (const other of NAMES.filter(other => other !== name)) {
        expect(await found(other, cid), other).toEqual(new Set([peerId]))
      }
    }
  )
})

describe('values', () => {
  const isRecord =
    (value: Uint8Array) =>
    (event: QueryEvent): boolean =>
      event.name === 'PEER_RESPONSE' && event.record !== undefined && hex(event.record.value) === hex(value)

  const publicKey = async (): Promise<{ key: Uint8Array; value: Uint8Array }> => {
    const privateKey = await generateKeyPair('RSA')
    const key = publicKeyKey(peerIdFromPrivateKey(privateKey))
    return { key, value: publicKeyToProtobuf(privateKey.publicKey) }
  }
  const ipns = (type: 'RSA' | 'Ed25519') => async (): Promise<{ key: Uint8Array; value: Uint8Array }> => {
    const privateKey = await generateKeyPair(type)
    const expiresAt = Date.now() + 48 * 3600 * 1000
    const value = await createIpnsRecord({ privateKey, value: '/ipfs/bafkqaaa', sequence: 1n, expiresAt })
    return { key: ipnsKey(peerIdFromPrivateKey(privateKey)), value }
  }
  const RECORDS = [
    ['/pk', publicKey],
    ['/ipns with an Ed25519 key', ipns('Ed25519')],
    ['/ipns with an RSA key', ipns('RSA')]
  ] as const

  it.each(RECORDS)('what ours put is believed by all: %s', async (_, make) => {
    const { key, value } = await make()
    const [putter, asker] = ours as [OurNode, OurNode]
    await putter.contentRouting.put(key, value)
    // Who is slow is not waited for.
    await eventually(async () => {
      expect(await holders(asker.services.dht.get(key), isRecord(value))).toEqual(EVERYBODY)
    })
    for (const name of NAMES) {
      expect(await a(name).call('dht-get', { key: hex(key) }), name).toEqual({ values: [hex(value)] })
    }
  })

  it.each(NAMES.flatMap(name => RECORDS.map(([kind, make]) => [name, kind, make] as const)))(
    'what %s puts is believed by ours: %s',
    async (name, _, make) => {
      const { key, value } = await make()
      await a(name).call('dht-put', { key: hex(key), value: hex(value) })
      expect(await ourHolders(node => node.services.dht.get(key, { useNetwork: false }))).toEqual(allOfOurs())
      expect(hex(await (ours[1] as OurNode).contentRouting.get(key))).toBe(hex(value))
    }
  )

  it.each(['js', 'go'] as const)('an IPNS record that %s made and signed', async name => {
    const made = await a(name).call('ipns', { text: '/ipfs/bafkqaaa', sequence: 3 })
    const key = fromHex(made.key as string)
    expect(hex(key)).toBe(hex(ipnsKey(peerIdFromString(a(name).peerId))))
    await a(name).call('dht-put', { key: made.key, value: made.value })
    const value = await (ours[0] as OurNode).contentRouting.get(key)
    expect(hex(value)).toBe(made.value)
    const { sequence, value: target } = parseIpnsRecord(value)
    expect([sequence, new TextDecoder().decode(target)]).toEqual([3n, '/ipfs/bafkqaaa'])
  })

  it.each(NAMES)('of two IPNS records the newer is found, also by %s', async name => {
    const privateKey = await generateKeyPair('Ed25519')
    const key = ipnsKey(peerIdFromPrivateKey(privateKey))
    const at = (sequence: bigint): Promise<Uint8Array> =>
      createIpnsRecord({ privateKey, value: '/ipfs/bafkqaaa', sequence, expiresAt: Date.now() + 3_600_000 })
    const [older, newer] = [await at(1n), await at(2n)]
    await a(name).call('dht-put', { key: hex(key), value: hex(older) })
    await (ours[0] as OurNode).contentRouting.put(key, newer)
    await eventually(async () => {
      const { values } = await a(name).call('dht-get', { key: hex(key) })
      expect(values).toContain(hex(newer))
    })
    expect(hex(await (ours[1] as OurNode).contentRouting.get(key))).toBe(hex(newer))
  })

  it('what rust stores without a look is believed by nobody else', async () => {
    const { key } = await publicKey()
    const { value } = await publicKey()
    await a('rust').call('dht-put', { key: hex(key), value: hex(value) })
    await eventually(async () => {
      const { unbelievable, values } = await judged((ours[0] as OurNode).services.dht.get(key))
      expect([unbelievable.sort(), values]).toEqual([['rust', 'rust'], []])
    })
    expect(await ourHolders(node => node.services.dht.get(key, { useNetwork: false }))).toEqual(new Set())
  })

  /** Whose answers ours did not believe, and what it believed, where nothing is found in the end. */
  async function judged(query: AsyncIterable<QueryEvent>): Promise<{ unbelievable: string[]; values: string[] }> {
    const unbelievable: string[] = []
    const values: string[] = []
    const read = async (): Promise<void> => {
      for await (const event of query) {
        if (event.name === 'QUERY_ERROR' && (event.error as Partial<KadError>).code === 'invalid-record') {
          unbelievable.push(members.get(String(event.from)) ?? '')
        }
        if (event.name === 'VALUE') values.push(hex(event.value))
      }
    }
    await expect(read()).rejects.toMatchObject({ name: 'KadError', code: 'not-found' })
    return { unbelievable, values }
  }
})

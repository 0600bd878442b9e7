import { fromUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { peerIdFromPrivateKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import { publicKeyKey } from '@ts-libp2p/record'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { identity } from 'multiformats/hashes/identity'
import { sha256, sha512 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect, type DhtNode, dhtNetwork, dhtNode, stopAll, tableHas } from './network.ts'

let nodes: DhtNode[]
let first: DhtNode
let last: DhtNode

beforeAll(async () => {
  nodes = await dhtNetwork(12)
  first = nodes[0]!
  last = nodes.at(-1)!
})

afterAll(() => stopAll(nodes))

describe('real nodes over TCP', () => {
  it('know each other after refreshing', () => {
    for (const { services } of nodes) expect(services.dht.routingTable.size).toBeGreaterThanOrEqual(8)
  })

  it('find a peer', async () => {
    const client = await dhtNode({ clientMode: true })
    await client.dial(first.getMultiaddrs())
    await tableHas(client, 1)
    const found = await client.peerRouting.findPeer(last.peerId)
    expect(found.id.equals(last.peerId)).toBe(true)
    expect(found.multiaddrs.map(String)).toContain(last.getMultiaddrs()[0]!.toString().split('/p2p/')[0])
    await client.stop()
  })

  it('find whom they just dialled, before it has told its addresses', async () => {
    const client = await dhtNode({ clientMode: true })
    await client.dial(first.getMultiaddrs())
    const found = await client.peerRouting.findPeer(first.peerId, { useNetwork: false })
    expect(found.multiaddrs.length).toBeGreaterThan(0)
    await client.stop()
  })

  it('find the peers nearest to a key', async () => {
    const found = await collect(first.peerRouting.getClosestPeers(peerIdToBytes(last.peerId)))
    expect(found).toHaveLength(11)
    expect(found[0]?.id.equals(last.peerId)).toBe(true)
  })

  const text = fromUtf8('some content')
  it.each([
    ['sha2-256', async () => CID.createV1(raw.code, await sha256.digest(text))],
    ['sha2-512', async () => CID.createV1(raw.code, await sha512.digest(text))],
    ['identity', async () => CID.createV1(raw.code, identity.digest(text))]
  ])('provide content and find providers, keys of %s', async (_, make) => {
    const cid = await make()
    await first.contentRouting.provide(cid)
    const [provider] = await collect(last.contentRouting.findProviders(cid))
    expect(provider?.id.equals(first.peerId)).toBe(true)
    expect(provider?.multiaddrs.length).toBeGreaterThan(0)
  })

  it('store a public key and find it', async () => {
    const key = await generateKeyPair('RSA')
    const at = publicKeyKey(peerIdFromPrivateKey(key))
    const value = publicKeyToProtobuf(key.publicKey)
    await first.contentRouting.put(at, value)
    expect(await last.contentRouting.get(at)).toEqual(value)
  })

  it('tells what it did', async () => {
    const query = first.services.dht.getClosestPeers(fromUtf8('anything'))
    const names = new Set((await collect(query)).map(event => event.name))
    expect([...names].sort()).toEqual(['FINAL_PEER', 'PATH_ENDED', 'PEER_RESPONSE', 'SEND_QUERY'])
    expect(query.explain()).toMatch(/^FIND_NODE .*: 11 asked, 11 answered/)
  })
})

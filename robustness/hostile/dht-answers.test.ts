/**
 * Answers of the DHT as a weapon: a peer that earned its place in the routing table and then answers with megabytes, with
 * thousands of peers that do not exist, of thousands of addresses each.
 *
 * go-libp2p-kad-dht pull 511 (peers with too many addresses in answers), and eclipse by invented peers: Prünster, Marsalek,
 * Zefferer: "Total Eclipse of the Heart", USENIX Security 2022.
 */
import { concat, encodeVarint, lengthPrefixed } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { type KadDHT, kadDHT, MAX_CLOSER_PEERS } from '@ts-libp2p/kad-dht'
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { StreamReader } from '@ts-libp2p/stream'
import { identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { push } from '../src/attacker.ts'
import { field } from '../src/protobuf.ts'
import { setScene } from '../src/scene.ts'

const KAD = '/test/kad/1.0.0'
const FIND_NODE = Uint8Array.of(8, 4)

const addresses = (count: number): Uint8Array =>
  concat(Array.from({ length: count }, (_, i) => field(2, multiaddr(`/ip4/127.0.0.1/tcp/${1 + (i % 9)}`).bytes)))
const invented = (count: number, addrs: Uint8Array): Uint8Array =>
  concat(
    Array.from({ length: count }, (_, i) => {
      const id = concat([Uint8Array.of(0x12, 0x20), new Uint8Array(30).fill(9), Uint8Array.of(i >> 8, i & 255)])
      return field(8, concat([field(1, id), addrs]))
    })
  )

/** A node with the DHT, and a peer in its table that answers the second request, and those after it, with these bytes. */
async function met(answer: () => Uint8Array) {
  const scene = await setScene({ services: { dht: kadDHT({ protocol: KAD, clientMode: false }) } })
  const dht = (scene.node.services as unknown as { dht: KadDHT }).dht
  const hostile = await createLibp2p({ ...identity('hostile server'), addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } })
  let isKnown = false
  const serve = async (stream: Stream): Promise<void> => {
    const reader = new StreamReader(stream)
    for (;;) {
      if ((await reader.readMessageOrEnd()) === undefined) return
      if (!isKnown) stream.send(lengthPrefixed(FIND_NODE))
      else await push(stream, answer())
      isKnown = true
    }
  }
  await hostile.handle(KAD, stream => serve(stream).catch(() => {}), { maxInboundStreams: 1000 })
  await hostile.dial(scene.node.getMultiaddrs())
  await expect.poll(() => dht.routingTable.size, { timeout: 30_000 }).toBe(1)
  const dispose = async (): Promise<void> => {
    await hostile.stop()
    await scene[Symbol.asyncDispose]()
  }
  return { scene, dht, [Symbol.asyncDispose]: dispose }
}

async function eventsOf(dht: KadDHT): Promise<string[]> {
  const names: string[] = []
  const signal = AbortSignal.timeout(60_000)
  for await (const { name } of dht.getClosestPeers(new Uint8Array(34).fill(1), { signal })) names.push(name)
  return names
}

describe('answers of the DHT', () => {
  it.each<[string, () => Uint8Array]>([
    ['of gigabytes', () => encodeVarint(2 ** 40)],
    ['of crumbs', () => lengthPrefixed(concat([FIND_NODE, new Uint8Array(60_000).fill(0x18)]))],
    ['that are none', () => lengthPrefixed(new Uint8Array(300).fill(0xff))]
  ])('%s are an error of that peer, and the lookup ends', async (_, answer) => {
    await using stage = await met(answer)
    const { result: names } = await stage.scene.endure(() => eventsOf(stage.dht))
    expect(names).toContain('QUERY_ERROR')
    expect(names).not.toContain('FINAL_PEER')
  })

  it('of thousands of peers, and of peers with thousands of addresses, are read in part', async () => {
    await using stage = await met(() =>
      lengthPrefixed(concat([FIND_NODE, invented(20, addresses(4000)), invented(3000, addresses(1))]))
    )
    const { result: names } = await stage.scene.endure(() => eventsOf(stage.dht), { maxGrowthBytes: 24 * 1024 * 1024 })
    expect(names.filter(name => name === 'ADD_PEER').length).toBeLessThanOrEqual(MAX_CLOSER_PEERS)
    expect(names.filter(name => name === 'FINAL_PEER')).toHaveLength(1)
  })
})

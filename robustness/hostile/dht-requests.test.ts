/**
 * Requests of the DHT as a weapon: oversized and malformed ones, announcements in the name of others and without end, records that
 * nobody signed, answers that nobody reads.
 *
 * GHSA-gcq9-qqwx-rgj3 (CVE-2023-40583, go-libp2p: memory by what peers announce), and the provider records of the IPFS
 * network, of which go-libp2p-kad-dht takes those of the sender only.
 */
import { concat, encodeVarint, lengthPrefixed } from '@ts-libp2p/bytes'
import { kadDHT, MAX_INBOUND_STREAMS, MAX_REQUEST_BYTES } from '@ts-libp2p/kad-dht'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { type MuxedAttacker, muxedAttacker, push } from '../src/attacker.ts'
import { field } from '../src/protobuf.ts'
import { type Scene, setScene } from '../src/scene.ts'

const KAD = '/test/kad/1.0.0'
const ADD_PROVIDER = Uint8Array.of(8, 2)
const FIND_NODE = Uint8Array.of(8, 4)

const dhtScene = (): Promise<Scene> => setScene({ services: { dht: kadDHT({ protocol: KAD, clientMode: false }) } })
const request = (...fields: Uint8Array[]): Uint8Array => lengthPrefixed(concat(fields))
const multihash = (i: number): Uint8Array => concat([Uint8Array.of(0x12, 0x20), new Uint8Array(30), u16(i)])
const u16 = (i: number): Uint8Array => Uint8Array.of(i >> 8, i & 255)
const addresses = concat(Array.from({ length: 4000 }, (_, i) => field(2, multiaddr(`/ip4/1.2.3.4/tcp/${i + 1}`).bytes)))
const provider = (who: Pick<MuxedAttacker, 'peerId'>, addrs: Uint8Array = new Uint8Array(0)): Uint8Array =>
  field(9, concat([field(1, peerIdToBytes(who.peerId)), addrs]))

describe('requests of the DHT', () => {
  it.each<[string, string, () => Uint8Array]>([
    ['longer than allowed', 'BytesError too-large', () => encodeVarint(2 ** 40)],
    ['a byte longer than allowed', 'BytesError too-large', () => encodeVarint(MAX_REQUEST_BYTES + 1)],
    ['that are no protobuf', 'KadError malformed', () => request(new Uint8Array(300).fill(0xff))],
    ['of thousands of crumbs', 'KadError malformed', () => request(FIND_NODE, new Uint8Array(40_000).fill(0x18))],
    [
      'that announce somebody else',
      'KadError not-ours',
      () => request(ADD_PROVIDER, field(2, multihash(1)), provider(identity('somebody else')))
    ],
    [
      'that put a record that nobody signed',
      'KadError invalid-record',
      () => request(Uint8Array.of(8, 0), field(2, '/pk/x'), field(3, concat([field(1, '/pk/x'), field(2, 'key')])))
    ]
  ])('%s cost the stream: %s', async (_, kind, bytes) => {
    await using scene = await dhtScene()
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      const stream = await attacker.open(KAD)
      await push(stream, bytes())
      await expect.poll(() => scene.log.kinds, { timeout: 30_000 }).toHaveProperty(kind)
    })
    expect(scene.node.getConnections(attacker.peerId).map(({ status }) => status)).toEqual(['open'])
    attacker.raw.abort(new Error('seen enough'))
  })

  it('that announce ever more content, with thousands of addresses each time, take little memory', async () => {
    await using scene = await dhtScene()
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      const stream = await attacker.open(KAD)
      for (let i = 0; i < 150; i++) {
        expect(await push(stream, request(ADD_PROVIDER, field(2, multihash(i)), provider(attacker, addresses)))).toBe(
          true
        )
      }
    })
    attacker.raw.abort(new Error('seen enough'))
  })

  it('whose answers nobody reads are not read either', async () => {
    await using scene = await dhtScene()
    const attacker = await muxedAttacker(scene.node)
    const { result: sent } = await scene.endure(async () => {
      const stream = await attacker.open(KAD)
      stream.pause()
      const block = concat(Array.from({ length: 1000 }, () => request(FIND_NODE, field(2, new Uint8Array(34).fill(7)))))
      let bytes = 0
      for (; stream.send(block); bytes += block.byteLength) await new Promise(resolve => setImmediate(resolve))
      return bytes
    })
    expect(sent).toBeLessThan(8 * 1024 * 1024)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('have as many streams as a peer may have', async () => {
    await using scene = await dhtScene()
    const attacker = await muxedAttacker(scene.node)
    const [connection] = scene.node.getConnections(attacker.peerId)
    await scene.endure(async () => {
      await Promise.allSettled(Array.from({ length: 2 * MAX_INBOUND_STREAMS }, () => attacker.open(KAD)))
      const open = (): number => connection!.streams.filter(({ protocol }) => protocol === KAD).length
      await expect.poll(open, { timeout: 30_000 }).toBe(MAX_INBOUND_STREAMS)
    })
    attacker.raw.abort(new Error('seen enough'))
  })
})

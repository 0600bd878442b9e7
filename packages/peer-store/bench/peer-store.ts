/**
 * What an update and a read cost, and what a stored peer weighs.
 *
 * node --expose-gc --conditions=@ts-libp2p/source packages/peer-store/bench/peer-store.ts
 */
import { fromHex, toHex } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf } from '@ts-libp2p/crypto'
import type { PeerData, PeerId } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core'
import { createPeerStore, type PeerBook } from '../src/index.ts'

const PEERS = 10_000

function peer(n: number): PeerId {
  const raw = new Uint8Array(32)
  new DataView(raw.buffer).setUint32(0, n)
  return peerIdFromPublicKey(publicKeyFromProtobuf(fromHex(`08011220${toHex(raw)}`)))
}

/** As identify tells of a Kubo node. */
function identified(n: number): PeerData {
  const host = `${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
  return {
    multiaddrs: [
      `/ip4/10.${host}/tcp/4001`,
      `/ip4/10.${host}/udp/4001/quic-v1`,
      `/ip4/11.${host}/tcp/4001`,
      `/ip4/11.${host}/udp/4001/quic-v1`,
      `/ip6/2001:db8::${n.toString(16)}/tcp/4001`,
      `/ip6/2001:db8::${n.toString(16)}/udp/4001/quic-v1`
    ].map(text => multiaddr(multiaddr(text).bytes)),
    protocols: Array.from({ length: 15 }, (_, i) => `/ipfs/protocol-${i}/1.0.${String(n).length}`),
    metadata: { AgentVersion: new TextEncoder().encode('kubo/0.38.0/'), ProtocolVersion: new Uint8Array(10) }
  }
}

async function nsPerCall(count: number, call: (n: number) => unknown): Promise<number> {
  for (let n = 0; n < count / 10; n++) await call(n)
  const start = performance.now()
  for (let n = 0; n < count; n++) {
    const result = call(n)
    if (result instanceof Promise) await result
  }
  return ((performance.now() - start) * 1e6) / count
}

function heap(): number {
  for (let i = 0; i < 3; i++) (globalThis as { gc?: () => void }).gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

async function weigh(ids: readonly PeerId[]): Promise<{ store: PeerBook; bytes: number }> {
  const store = createPeerStore({ peerId: peer(PEERS + 1) })
  const before = heap()
  for (const [n, id] of ids.entries()) await store.patch(id, identified(n))
  return { store, bytes: (heap() - before) / ids.length }
}

async function weighRestored(ids: readonly PeerId[]): Promise<{ bytes: number; disk: number; loadMs: number }> {
  const datastore = new MemoryDatastore()
  const first = createPeerStore({ peerId: peer(PEERS + 1), datastore })
  for (const [n, id] of ids.entries()) await first.patch(id, identified(n))
  await first.stop()
  let disk = 0
  for await (const { value } of datastore.query({})) disk += value.byteLength
  const before = heap()
  const start = performance.now()
  const second = createPeerStore({ peerId: peer(PEERS + 1), datastore })
  await second.start()
  const loadMs = performance.now() - start
  const bytes = (heap() - before) / second.size
  await second.stop()
  return { bytes, disk: disk / ids.length, loadMs }
}

const ids = Array.from({ length: PEERS }, (_, n) => peer(n))
for (const id of ids) id.toString()
const data = ids.slice(0, 100).map((_, n) => identified(n))
const { store, bytes } = await weigh(ids)
const restored = await weighRestored(ids)
const at = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

const rows: [string, number, string][] = [
  ['peek', await nsPerCall(1_000_000, n => store.peek(at(ids, n))), 'ns'],
  ['get', await nsPerCall(200_000, n => store.get(at(ids, n))), 'ns'],
  ['patch with 6 addresses and 15 protocols', await nsPerCall(50_000, n => store.patch(at(ids, n), at(data, n))), 'ns'],
  [
    'merge of one tag',
    await nsPerCall(50_000, n => store.merge(at(ids, n), { tags: { t: { value: n % 100 } } })),
    'ns'
  ],
  [
    'save of a stranger into a full store',
    await nsPerCall(20_000, n => store.save(peer(1_000_000 + n), at(data, n))),
    'ns'
  ],
  ['a peer in memory', bytes, 'bytes'],
  ['a peer in memory after a restart', restored.bytes, 'bytes'],
  ['a peer on disk', restored.disk, 'bytes'],
  ['loading 10,000 peers', restored.loadMs, 'ms']
]
for (const [what, value, unit] of rows) console.log(`${what.padEnd(42)} ${value.toFixed(0).padStart(8)} ${unit}`)

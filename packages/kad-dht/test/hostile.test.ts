import { fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { StreamReader } from '@ts-libp2p/stream'
import type { Host } from '@ts-libp2p/testing/simulation'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeEach, describe, expect, it } from 'vitest'
import { contactOf, encodePeer } from '../src/contact.ts'
import { KAD_PROTOCOL, MAX_REQUEST_BYTES } from '../src/index.ts'
import { keyOf } from '../src/key.ts'
import { encodeMessage, MessageType } from '../src/wire/message.ts'
import { idOf } from './peers.ts'
import { collect, dhtOf, type SimDht, simulatedDht } from './world.ts'

let net: SimDht

/** A node that gains a place with one good answer, and then speaks the protocol in its own way. */
async function hostileNode(answer: (stream: Stream) => Promise<void>) {
  const host = net.world.host({ run: (h: Host) => createLibp2p(h.options()) })
  const node = await net.run(host.start())
  let hasPlace = false
  await node.handle(KAD_PROTOCOL, async stream => {
    if (hasPlace) return await answer(stream)
    hasPlace = true
    await new StreamReader(stream).readMessage()
    stream.send(lengthPrefixed(encodeMessage({ type: MessageType.FIND_NODE })))
    await stream.close()
  })
  await net.run(node.dial(net.hosts[0]!.address))
  await net.world.run({ ms: 2000 })
  return node
}

/** Answers every request with these bytes. */
function says(...frames: Uint8Array[]): (stream: Stream) => Promise<void> {
  return async stream => {
    const reader = new StreamReader(stream)
    while ((await reader.readMessageOrEnd()) !== undefined) {
      for (const frame of frames) if (!stream.send(frame)) await stream.onDrain()
    }
  }
}

const closer = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    encodePeer(contactOf(idOf(`made up ${i}`), [multiaddr(`/ip4/5.${i % 200}.1.1/tcp/1`)]))
  )

beforeEach(async () => {
  net = await simulatedDht(6)
})

describe('a peer that answers', () => {
  const key = fromUtf8('key')
  const huge = new Uint8Array(10)
  huge.set([0xff, 0xff, 0xff, 0x7f])

  it.each<[string, string, (stream: Stream) => Promise<void>]>([
    ['malformed', 'no protobuf', says(lengthPrefixed(Uint8Array.of(0xff, 0xff)))],
    ['too-large', 'more than it may', says(huge)],
    ['malformed', 'twice', says(...Array(2).fill(lengthPrefixed(encodeMessage({ type: MessageType.FIND_NODE, key }))))],
    ['no-answer', 'with the end', stream => stream.close()],
    ['no-answer', 'with a reset', async stream => stream.abort(new Error('no'))],
    ['timeout', 'never', () => new Promise(() => {})]
  ])('is passed over, %s: %s', async (code, _, answer) => {
    await hostileNode(answer)
    const dht = dhtOf(net.hosts[0]!.node)
    const events = await net.run(collect(dht.getClosestPeers(fromUtf8('anything'))))
    expect(events.filter(event => event.name === 'FINAL_PEER').length).toBeGreaterThanOrEqual(5)
    const errors = events.flatMap(event =>
      event.name === 'QUERY_ERROR' ? [(event.error as { code?: string }).code] : []
    )
    // A second answer may come when the lookup is over.
    if (_ !== 'twice' && code !== 'timeout') expect(errors).toEqual([code])
  })

  it('never is named to nobody after one lookup, which did not wait for it to time out', async () => {
    const node = await hostileNode(() => new Promise(() => {}))
    const dht = dhtOf(net.hosts[0]!.node)
    const isNamed = () => dht.routingTable.closest(keyOf(fromUtf8('any')), 20).some(({ id }) => id.equals(node.peerId))
    expect(isNamed()).toBe(true)
    await net.run(collect(dht.getClosestPeers(fromUtf8('anything'))))
    expect(isNamed()).toBe(false)
  })

  it('with a hundred peers that do not exist delays a lookup, and no more', async () => {
    await hostileNode(
      says(lengthPrefixed(encodeMessage({ type: MessageType.FIND_NODE, key, closerPeers: closer(1000) })))
    )
    const events = await net.run(collect(dhtOf(net.hosts[0]!.node).getClosestPeers(fromUtf8('anything'))))
    expect(events.filter(event => event.name === 'FINAL_PEER').length).toBeGreaterThanOrEqual(5)
    expect(events.filter(event => event.name === 'ADD_PEER').length).toBeLessThanOrEqual(128)
  })

  it('with a value that is not of the key, or not valid, is told of and not believed', async () => {
    const record = Uint8Array.of(0x0a, 3, ...fromUtf8('key'), 0x12, 1, 1)
    const named = fromUtf8('/pk/nobody')
    const frame = lengthPrefixed(encodeMessage({ type: MessageType.GET_VALUE, key: named, record }))
    await hostileNode(says(frame))
    const query = dhtOf(net.hosts[0]!.node).get(named)
    const events: string[] = []
    const reading = (async () => {
      for await (const event of query) events.push(event.name)
    })()
    await expect(net.run(reading)).rejects.toMatchObject({ code: 'not-found' })
    expect(events).toContain('QUERY_ERROR')
    expect(events).not.toContain('VALUE')
  })
})

describe('a peer that says that it serves', () => {
  it('gets no place in the routing table until it has answered something', async () => {
    const host = net.world.host({ run: (h: Host) => createLibp2p(h.options()) })
    const node = await net.run(host.start())
    await node.handle(KAD_PROTOCOL, () => new Promise(() => {}))
    await net.run(node.dial(net.hosts[0]!.address))
    await net.world.run({ ms: 60_000 })
    const { routingTable } = dhtOf(net.hosts[0]!.node)
    expect(routingTable.view().flatMap(({ peers }) => peers.map(({ name }) => name))).not.toContain(String(host.peerId))
  })
})

describe('a peer that asks', () => {
  async function open(): Promise<{ stream: Stream; isOver: () => boolean }> {
    const node = await hostileNode(async () => {})
    const stream = await net.run(node.dialProtocol(net.hosts[0]!.peerId, KAD_PROTOCOL))
    return { stream, isOver: () => stream.status === 'reset' || stream.status === 'aborted' }
  }

  const cid = async () => CID.createV1(raw.code, await sha256.digest(fromUtf8('content')))

  it.each([
    ['nonsense', () => lengthPrefixed(Uint8Array.of(0xff, 0xff))],
    ['more than it may', () => lengthPrefixed(new Uint8Array(MAX_REQUEST_BYTES + 1))],
    ['for an empty key', () => lengthPrefixed(encodeMessage({ type: MessageType.FIND_NODE }))],
    ['for what there is not', () => lengthPrefixed(Uint8Array.of(8, 9))]
  ])('%s loses its stream, and nobody else anything', async (_, frame) => {
    const { stream, isOver } = await open()
    stream.send(frame())
    await net.world.run({ ms: 1000 })
    expect(isOver()).toBe(true)
    const events = await net.run(collect(dhtOf(net.hosts[1]!.node).getClosestPeers(fromUtf8('x'))))
    expect(events.filter(event => event.name === 'QUERY_ERROR')).toEqual([])
  })

  it('to be a provider in the name of another is refused', async () => {
    const { stream, isOver } = await open()
    const key = (await cid()).multihash.bytes
    const providerPeers = [encodePeer(contactOf(net.hosts[3]!.peerId, [multiaddr('/ip4/5.5.5.5/tcp/1')]))]
    stream.send(lengthPrefixed(encodeMessage({ type: MessageType.ADD_PROVIDER, key, providerPeers })))
    await net.world.run({ ms: 1000 })
    expect(isOver()).toBe(true)
    const found = await net.run(collect(net.hosts[1]!.node!.contentRouting.findProviders(await cid())))
    expect(found).toEqual([])
  })

  it('and says nothing for a minute or two loses its stream', async () => {
    const { isOver } = await open()
    await net.world.run({ ms: 121_000 })
    expect(isOver()).toBe(true)
  })

  it('and does not read its answers is not read either', async () => {
    const { stream } = await open()
    stream.pause()
    const request = lengthPrefixed(encodeMessage({ type: MessageType.FIND_NODE, key: fromUtf8('x') }))
    let sent = 0
    for (; sent < 100_000 && stream.send(request); sent++);
    await net.world.run({ ms: 1000 })
    const [connection] = net.hosts[0]!.node!.getConnections().slice(-1)
    const held = connection!.streams.reduce((sum, { writeBufferLength }) => sum + writeBufferLength, 0)
    expect(held).toBeLessThan(1024 * 1024)
  })
})

describe('peers that want the same content', () => {
  it('get an answer while somebody fills the store', async () => {
    const flooder = await net.join()
    await net.world.run({ ms: 5000 })
    const content = CID.createV1(raw.code, await sha256.digest(fromUtf8('wanted')))
    await net.run(net.hosts[2]!.node!.contentRouting.provide(content))
    for (let i = 0; i < 30; i++) {
      const other = CID.createV1(raw.code, await sha256.digest(fromUtf8(`flood ${i}`)))
      await net.run(flooder.node!.contentRouting.provide(other))
    }
    const found = await net.run(collect(net.hosts[4]!.node!.contentRouting.findProviders(content)))
    expect(found.map(({ id }) => id.toString())).toEqual([net.hosts[2]!.peerId.toString()])
  })
})

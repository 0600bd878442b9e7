import { lengthPrefixed, toHex } from '@ts-libp2p/bytes'
import type { IdentifyResult, PeerUpdate, Stream } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { collect, connectNodes, inVirtualTime, settle, type TestConnection } from '@ts-libp2p/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  IDENTIFY_PROTOCOL,
  IDENTIFY_PUSH_PROTOCOL,
  IDENTIFY_TIMEOUT_MS,
  type Identify,
  MAX_CONCURRENT_PUSHES,
  PUSH_BURST,
  PUSH_DELAY_MS,
  PUSH_REFILL_MS
} from '../src/index.ts'
import { answerWith, encode, nodeOf, publicKeyBytes, started, TestNetwork, type TestNode } from './nodes.ts'

let network: TestNetwork
let alice: TestNode
let bob: TestNode
let service: Identify

beforeEach(() => {
  network = new TestNetwork()
  alice = nodeOf(network, 'alice')
  bob = nodeOf(network, 'bob')
  service = started(alice)
})

function run<T>(promise: Promise<T>): Promise<T> {
  return inVirtualTime(network.clock, promise)
}

/** Changes Alice's addresses, and says so. */
function move(...addresses: string[]): void {
  alice.listenAddrs = addresses.map(address => multiaddr(address))
  alice.emit('self:peer:update', {} as PeerUpdate)
}

async function addressesOf(peer: TestNode, at: TestNode): Promise<string[]> {
  return (await at.peerStore.get(peer.peerId)).addresses.map(({ multiaddr }) => `${multiaddr}`)
}

function pushesOver(connection: TestConnection): number {
  return connection.opened.filter(protocol => protocol === IDENTIFY_PUSH_PROTOCOL).length
}

/** A peer that takes pushes, in its own way. */
function peerThatTakes(name: string, take: (stream: Stream) => void | Promise<void>): TestNode {
  const node = nodeOf(network, name)
  const answer = encode({ publicKey: publicKeyBytes(name), protocols: [IDENTIFY_PUSH_PROTOCOL] })
  node.handle(IDENTIFY_PROTOCOL, answerWith(answer))
  node.handle(IDENTIFY_PUSH_PROTOCOL, take)
  return node
}

describe('a change of ours', () => {
  it('reaches the peers that are connected, one second later', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await run(network.pass(1))
    move('/ip4/8.8.8.8/tcp/1')
    await run(network.pass(PUSH_DELAY_MS - 1))
    expect(pushesOver(connection)).toBe(0)
    await run(network.pass(2))
    expect(pushesOver(connection)).toBe(1)
    expect(await addressesOf(alice, bob)).toEqual(['/ip4/8.8.8.8/tcp/1'])
  })

  it('is told once, however many changes there are in that second', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await run(network.pass(1))
    for (let i = 1; i <= 9; i++) {
      move(`/ip4/8.8.8.${i}/tcp/1`)
      await run(network.pass(100))
    }
    expect(pushesOver(connection)).toBe(0)
    await run(network.pass(PUSH_DELAY_MS))
    expect(pushesOver(connection)).toBe(1)
    expect(await addressesOf(alice, bob)).toEqual(['/ip4/8.8.8.9/tcp/1'])
    await run(network.pass(60_000))
    expect(pushesOver(connection)).toBe(1)
  })

  it('that comes while another is being told is told after it', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await run(network.pass(1))
    const open = connection.newStream.bind(connection)
    connection.newStream = async (...args) => {
      await network.pass(3 * PUSH_DELAY_MS)
      return open(...args)
    }
    move('/ip4/8.8.8.1/tcp/1')
    await run(network.pass(2 * PUSH_DELAY_MS))
    move('/ip4/8.8.8.2/tcp/1')
    await run(network.pass(10 * PUSH_DELAY_MS))
    expect(pushesOver(connection)).toBe(2)
    expect(await addressesOf(alice, bob)).toEqual(['/ip4/8.8.8.2/tcp/1'])
  })

  it('is told in time although changes never cease', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await run(network.pass(1))
    for (let i = 1; i <= 50; i++) {
      move(`/ip4/8.8.8.${i}/tcp/1`)
      await run(network.pass(100))
    }
    expect(pushesOver(connection)).toBeGreaterThanOrEqual(4)
    expect(pushesOver(connection)).toBeLessThanOrEqual(5)
  })

  it('is not told to those who know', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await run(network.pass(1))
    alice.emit('self:peer:update', {} as PeerUpdate)
    await run(network.pass(2 * PUSH_DELAY_MS))
    expect(pushesOver(connection)).toBe(0)

    // Bob asks between the change and the push.
    move('/ip4/8.8.8.8/tcp/1')
    const stream = await connection.far.newStream(IDENTIFY_PROTOCOL)
    await collect(stream)
    await run(network.pass(2 * PUSH_DELAY_MS))
    expect(pushesOver(connection)).toBe(0)
  })

  it('is told to a peer once, not per connection', async () => {
    started(bob)
    const connections = [connectNodes(alice, bob)[0], connectNodes(alice, bob)[0]]
    await run(network.pass(1))
    move('/ip4/8.8.8.8/tcp/1')
    await run(network.pass(2 * PUSH_DELAY_MS))
    expect(connections.map(pushesOver).toSorted()).toEqual([0, 1])
  })

  it('is not told to peers that do not take pushes', async () => {
    bob.handle(IDENTIFY_PROTOCOL, answerWith(encode({ publicKey: publicKeyBytes('bob'), protocols: ['/x'] })))
    const [connection] = connectNodes(alice, bob)
    await run(network.pass(1))
    move('/ip4/8.8.8.8/tcp/1')
    await run(network.pass(2 * PUSH_DELAY_MS))
    expect(connection.opened).toEqual([IDENTIFY_PROTOCOL])
  })

  it('says nothing of where the peer is seen', async () => {
    const heard: Uint8Array[] = []
    const carol = peerThatTakes('carol', async stream => void heard.push(await collect(stream)))
    connectNodes(alice, carol)
    await run(network.pass(1))
    await run(service.push())
    await settle()
    const own = encode({ observedAddr: carol.listenAddrs[0]!.bytes })
    expect(heard).toHaveLength(1)
    expect(toHex(heard[0]!)).not.toContain(toHex(own))
  })

  it('is told to some peers at once, the others wait', async () => {
    const connections = Array.from({ length: MAX_CONCURRENT_PUSHES + 8 }, (_, i) => {
      return connectNodes(
        alice,
        peerThatTakes(`p${i}`, () => {})
      )[0]
    })
    await run(network.pass(1))
    let opening = 0
    let most = 0
    for (const connection of connections) {
      const open = connection.newStream.bind(connection)
      connection.newStream = async (...args) => {
        most = Math.max(most, ++opening)
        await network.pass(10)
        opening--
        return open(...args)
      }
    }
    await run(service.push())
    expect(most).toBe(MAX_CONCURRENT_PUSHES)
    expect(connections.map(pushesOver)).toEqual(connections.map(() => 1))
  })

  it('is not told for ever to a peer that never ends its stream', async () => {
    const [connection] = connectNodes(
      alice,
      peerThatTakes('carol', () => {})
    )
    await run(network.pass(1))
    await run(service.push())
    expect(connection.streams).toHaveLength(1)
    await network.clock.advance(2 * IDENTIFY_TIMEOUT_MS)
    expect(connection.streams).toEqual([])
  })

  it('that fails to reach one peer is logged, and reaches the others', async () => {
    const carol = peerThatTakes('carol', stream => stream.abort(new Error('no')))
    started(bob)
    const [connection] = connectNodes(alice, carol)
    connectNodes(alice, bob)
    await run(network.pass(1))
    const refusing = connection.newStream.bind(connection)
    connection.newStream = (protocols, options) =>
      protocols === IDENTIFY_PUSH_PROTOCOL ? Promise.reject(new Error('no more streams')) : refusing(protocols, options)
    move('/ip4/8.8.8.8/tcp/1')
    await run(network.pass(2 * PUSH_DELAY_MS))
    expect(await addressesOf(alice, bob)).toEqual(['/ip4/8.8.8.8/tcp/1'])
    expect(alice.logged.some(line => line.includes(`${carol.peerId}`) && line.includes('no more streams'))).toBe(true)
  })
})

describe('a push that comes in', () => {
  let connection: TestConnection
  let results: IdentifyResult[]

  async function push(...messages: Uint8Array[]): Promise<Stream> {
    const stream = await connection.newStream(IDENTIFY_PUSH_PROTOCOL)
    for (const message of messages) stream.send(lengthPrefixed(message))
    await stream.close()
    await run(network.pass(1))
    return stream
  }

  beforeEach(async () => {
    started(bob)
    results = []
    bob.on('peer:identify', result => results.push(result))
    connection = connectNodes(alice, bob)[0]
    await run(network.pass(1))
  })

  it('changes what it names and nothing else', async () => {
    const [before] = results
    await push(encode({ protocols: ['/new/1'] }))
    const peer = await bob.peerStore.get(alice.peerId)
    expect(peer.protocols).toEqual(['/new/1'])
    expect(peer.addresses.map(({ multiaddr }) => `${multiaddr}`)).toEqual(before?.listenAddrs.map(String))
    expect(peer.metadata.has('AgentVersion')).toBe(true)
    expect(results.at(-1)).toMatchObject({ protocols: ['/new/1'], listenAddrs: before?.listenAddrs })
  })

  it('may leave the protocols alone', async () => {
    const [before] = results
    await push(encode({ agentVersion: 'other/2' }))
    const peer = await bob.peerStore.get(alice.peerId)
    expect(peer.protocols).toEqual(before?.protocols.toSorted())
    expect(results.at(-1)?.protocols.toSorted()).toEqual(before?.protocols.toSorted())
    expect(results.at(-1)?.agentVersion).toBe('other/2')
  })

  it('may come in several messages', async () => {
    await push(encode({ protocols: ['/a'] }), encode({ protocols: ['/b'] }))
    expect((await bob.peerStore.get(alice.peerId)).protocols).toEqual(['/a', '/b'])
  })

  it('with the key of another peer changes nothing', async () => {
    const stream = await push(encode({ publicKey: publicKeyBytes('carol'), protocols: ['/evil'] }))
    expect((await bob.peerStore.get(alice.peerId)).protocols).not.toContain('/evil')
    expect(bob.logged.some(line => line.includes('push') && line.includes('public key'))).toBe(true)
    expect(stream.status).not.toBe('open')
    expect(connection.status).toBe('open')
  })

  it('is refused when there are too many, until some time has passed', async () => {
    for (let i = 0; i < PUSH_BURST + 5; i++) await push(encode({ agentVersion: `v${i}` }))
    const taken = results.filter(({ agentVersion }) => agentVersion?.startsWith('v'))
    expect(taken).toHaveLength(PUSH_BURST)
    expect(bob.logged.filter(line => line.includes('too often'))).toHaveLength(5)
    await run(network.pass(2 * PUSH_REFILL_MS))
    await push(encode({ agentVersion: 'v-later' }))
    expect(results.at(-1)?.agentVersion).toBe('v-later')
  })
})

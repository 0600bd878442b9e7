import { fromHex, lengthPrefixed, toUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf, readPublicKey } from '@ts-libp2p/crypto'
import type { IdentifyResult, Multiaddr, Stream } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createPeerStore } from '@ts-libp2p/peer-store'
import { createPeerRecord } from '@ts-libp2p/record'
import { connectNodes, inVirtualTime, TestNode as Node, oneByte, settle, type TestConnection } from '@ts-libp2p/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  AGENT_VERSION,
  IDENTIFY_PROTOCOL,
  IDENTIFY_PUSH_PROTOCOL,
  IDENTIFY_TIMEOUT_MS,
  type Identify,
  identify,
  MAX_INBOUND_STREAMS,
  MAX_LISTEN_ADDRS,
  MAX_PROTOCOLS,
  MAX_READ_MESSAGE_BYTES,
  PROTOCOL_VERSION
} from '../src/index.ts'
import { answerWith, encode, keyOf, nodeOf, publicKeyBytes, started, TestNetwork, type TestNode } from './nodes.ts'

let network: TestNetwork
let alice: TestNode
let bob: TestNode
let service: Identify
let identified: IdentifyResult[]

beforeEach(() => {
  network = new TestNetwork()
  alice = nodeOf(network, 'alice')
  bob = nodeOf(network, 'bob')
  service = started(alice, { runOnConnectionOpen: false })
  identified = []
  alice.on('peer:identify', result => identified.push(result))
})

function run<T>(promise: Promise<T>): Promise<T> {
  return inVirtualTime(network.clock, promise)
}

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string; cause?: unknown }> {
  return run(promise).then(
    () => expect.fail('it did not fail'),
    (err: Error) => err
  )
}

function bobAnswers(answer: (stream: Stream) => void | Promise<void>): void {
  bob.handle(IDENTIFY_PROTOCOL, answer)
}

function identifyBob(): Promise<IdentifyResult> {
  const [connection] = connectNodes(alice, bob)
  return run(service.identify(connection))
}

const texts = (addresses: Multiaddr[]): string[] => addresses.map(String)

async function storedAddresses(node: TestNode, of: TestNode): Promise<[string, boolean][]> {
  const { addresses } = await node.peerStore.get(of.peerId)
  return addresses.map(({ multiaddr, isCertified }) => [multiaddr.toString(), isCertified])
}

describe('identify', () => {
  it('learns everything that a peer says of itself', async () => {
    started(bob, { agentVersion: 'bob/1', runOnConnectionOpen: false })
    const plain = multiaddr('/ip4/5.6.7.8/tcp/4001')
    bob.listenAddrs = [plain.encapsulate(`/p2p/${bob.peerId}`), multiaddr('/dns4/bob.example/tcp/443/tls/ws')]
    bob.handle('/chat/1', () => {})
    const [connection] = connectNodes(alice, bob, { dialerAddr: multiaddr('/ip4/9.9.9.9/tcp/50000') })
    const result = await run(service.identify(connection))
    const addresses = ['/ip4/5.6.7.8/tcp/4001', '/dns4/bob.example/tcp/443/tls/ws']

    expect(result.peerId.equals(bob.peerId)).toBe(true)
    expect(result.connection).toBe(connection)
    expect(texts(result.listenAddrs)).toEqual(addresses)
    expect(result.protocols).toEqual([IDENTIFY_PROTOCOL, IDENTIFY_PUSH_PROTOCOL, '/chat/1'])
    expect(result.agentVersion).toBe('bob/1')
    expect(result.protocolVersion).toBe('ipfs/0.1.0')
    expect(result.publicKey).toEqual(publicKeyBytes('bob'))
    expect(result.observedAddr?.toString()).toBe('/ip4/9.9.9.9/tcp/50000')
    expect(texts(result.signedPeerRecord?.addresses ?? [])).toEqual(addresses)
    expect(result.signedPeerRecord?.seq).toBe(BigInt(network.clock.now()) * 1_000_000n)
    expect(identified).toEqual([result])
  })

  it('stores it', async () => {
    started(bob)
    await alice.peerStore.merge(bob.peerId, { metadata: { mine: fromHex('01') } })
    const { protocols } = await identifyBob()
    const peer = await alice.peerStore.get(bob.peerId)
    expect(await storedAddresses(alice, bob)).toEqual([['/ip4/1.2.3.11/tcp/4001', true]])
    expect(peer.protocols).toEqual(protocols.toSorted())
    expect(toUtf8(peer.metadata.get('AgentVersion')!)).toBe(AGENT_VERSION)
    expect(toUtf8(peer.metadata.get('ProtocolVersion')!)).toBe(PROTOCOL_VERSION)
    expect(peer.metadata.get('mine')).toEqual(fromHex('01'))
    expect(peer.peerRecordEnvelope).toBeDefined()
  })

  it('tells where the peer sees us, once that can be', async () => {
    started(bob, { runOnConnectionOpen: false })
    const observed: string[] = []
    alice.on('address:observed', ({ address, by, connection }) => observed.push(`${address} ${by} ${connection.id}`))
    const [first] = connectNodes(alice, bob, { dialerAddr: multiaddr('/ip4/9.9.9.9/tcp/50000') })
    const [second] = connectNodes(alice, bob, { dialerAddr: multiaddr('/ip4/127.0.0.1/tcp/50000') })
    await run(service.identify(first))
    await run(service.identify(second))
    expect(observed).toEqual([`/ip4/9.9.9.9/tcp/50000 ${bob.peerId} ${first.id}`])
    expect(alice.logged.filter(line => line.includes('cannot be'))).toHaveLength(1)
  })

  it('learns the key of a peer whose id is a hash', async () => {
    const privateKey = await generateKeyPair('RSA', { bits: 2048 })
    // Browsers load what RSA needs with the first such key, which takes real time.
    await readPublicKey(publicKeyToProtobuf(privateKey.publicKey))
    const peerId = peerIdFromPrivateKey(privateKey)
    const peerStore = createPeerStore({ peerId, clock: network.clock })
    bob = new Node({ network, peerId, privateKey, peerStore, address: multiaddr('/ip4/1.2.3.99/tcp/1') })
    started(bob)
    await identifyBob()
    const { id } = await alice.peerStore.get(peerId)
    expect(id.publicKey?.raw).toEqual(privateKey.publicKey.raw)
    expect(await storedAddresses(alice, bob)).toEqual([['/ip4/1.2.3.99/tcp/1', true]])
  })

  it.each([
    ['one byte at a time', 1],
    ['three at a time', 3]
  ])('reads an answer that comes %s', async (_, bytes) => {
    started(bob)
    network.wire = { chop: bytes === 1 ? oneByte : () => bytes }
    expect((await identifyBob()).agentVersion).toBe(AGENT_VERSION)
  })

  it('reads long lists, spread over messages of 4 KiB', async () => {
    started(bob, { runOnConnectionOpen: false })
    bob.listenAddrs = Array.from({ length: 100 }, (_, i) => multiaddr(`/dns4/${'a'.repeat(60)}.example/tcp/${i + 1}`))
    for (let i = 0; i < 150; i++) bob.handle(`/${'p'.repeat(90)}/${i}`, () => {})
    const result = await identifyBob()
    expect(result.listenAddrs).toHaveLength(100)
    expect(result.protocols).toEqual(bob.protocols())
    const recorded = result.signedPeerRecord?.addresses ?? []
    expect(texts(recorded)).toEqual(texts(bob.listenAddrs).slice(0, recorded.length))
    expect(recorded.length).toBeGreaterThan(40)
  })

  it('takes so many addresses and protocols and no more, and leaves out what it cannot use', async () => {
    const mine = Array.from({ length: MAX_LISTEN_ADDRS + 10 }, (_, i) => multiaddr(`/ip4/5.6.7.8/tcp/${i + 1}`).bytes)
    const [good, others] = [
      multiaddr(`/ip4/5.6.7.9/tcp/1/p2p/${bob.peerId}`),
      multiaddr(`/ip4/5.6.7.9/tcp/1/p2p/${alice.peerId}`)
    ]
    const listenAddrs = [fromHex('ffffff'), new Uint8Array(0), others.bytes, good.bytes, ...mine]
    const protocols = Array.from({ length: 2 * MAX_PROTOCOLS }, (_, i) => `/p/${i >> 1}`)
    const parts = [{ publicKey: publicKeyBytes('bob'), listenAddrs }, { protocols: ['', ...protocols, '/p/more'] }]
    bobAnswers(answerWith(...parts.map(encode)))
    const result = await identifyBob()
    expect(texts(result.listenAddrs).slice(0, 2)).toEqual(['/ip4/5.6.7.9/tcp/1', '/ip4/5.6.7.8/tcp/1'])
    expect(result.listenAddrs).toHaveLength(MAX_LISTEN_ADDRS - 3)
    expect(result.protocols).toHaveLength(MAX_PROTOCOLS)
    expect(result.protocols).not.toContain('')
  })

  it('needs no public key from a peer whose id holds it', async () => {
    bobAnswers(answerWith(encode({ agentVersion: 'x'.repeat(1000) })))
    const result = await identifyBob()
    expect(result.agentVersion).toBe('x'.repeat(256))
    expect([result.listenAddrs, result.protocols]).toEqual([[], []])
  })

  it('runs once for all who ask at the same time', async () => {
    started(bob, { runOnConnectionOpen: false })
    const [connection] = connectNodes(alice, bob)
    const controller = new AbortController()
    const impatient = failure(service.identify(connection, { signal: controller.signal }))
    const [first, second] = [service.identify(connection), service.identify(connection)]
    controller.abort(new Error('enough'))
    expect((await impatient).message).toBe('enough')
    expect(await first).toBe(await second)
    expect(connection.opened).toEqual([IDENTIFY_PROTOCOL])
    await run(service.identify(connection))
    expect(connection.opened).toHaveLength(2)
  })

  it('works over limited connections', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob, { limits: { bytes: 100_000n } })
    const result = await run(service.identify(connection))
    expect(result.agentVersion).toBe(AGENT_VERSION)
    expect(result.observedAddr).toBeUndefined()
  })
})

describe('identify fails', () => {
  const large = new Uint8Array(MAX_READ_MESSAGE_BYTES + 1)
  const cases: [string, string, (stream: Stream) => void | Promise<void>][] = [
    ['too-large', 'a message of 8 KiB and one byte', answerWith(large)],
    ['too-large', 'a length that nobody waits for', async stream => void stream.send(fromHex('ffffff7f'))],
    ['too-large', '11 messages', answerWith(...Array.from({ length: 11 }, () => encode({ protocols: ['/x'] })))],
    ['malformed', 'garbage', answerWith(fromHex('0a ff ff'))],
    ['malformed', 'a length that never ends', async stream => void stream.send(new Uint8Array(20).fill(0xff))],
    ['malformed', 'a key that is none', answerWith(encode({ publicKey: fromHex('0801') }))],
    [
      'key-mismatch',
      'the key of somebody else',
      answerWith(encode({ publicKey: publicKeyBytes('carol'), agentVersion: 'x' }))
    ],
    ['empty', 'an end at once', answerWith()],
    [
      'stream-failed',
      'an end within a message',
      async stream => {
        stream.send(lengthPrefixed(new Uint8Array(100)).subarray(0, 50))
        await stream.close()
      }
    ],
    ['stream-failed', 'a reset', stream => stream.abort(new Error('no'))],
    ['timeout', 'silence', () => {}],
    ['timeout', 'no end', async stream => void stream.send(lengthPrefixed(encode({ agentVersion: 'x' })))],
    [
      'timeout',
      'an endless trickle',
      async stream => {
        stream.send(fromHex('8020'))
        for (; stream.status === 'open'; await network.pass(100)) stream.send(fromHex('00'))
      }
    ]
  ]

  it.each(cases)('%s: %s', async (code, _, answer) => {
    bobAnswers(answer)
    const [connection] = connectNodes(alice, bob)
    const start = network.clock.now()
    const err = await failure(service.identify(connection))
    expect([err.name, err.code]).toEqual(['IdentifyError', code])
    expect(network.clock.now() - start).toBe(code === 'timeout' ? IDENTIFY_TIMEOUT_MS : 0)
    await network.clock.advance(IDENTIFY_TIMEOUT_MS)
    expect(await alice.peerStore.has(bob.peerId)).toBe(false)
    expect(identified).toEqual([])
    expect(connection.status).toBe('open')
    expect(connection.streams).toEqual([])
  })

  it('accepts the largest message and the most messages that are allowed', async () => {
    const filler = encode({ agentVersion: 'x'.repeat(MAX_READ_MESSAGE_BYTES - 3) })
    expect(filler).toHaveLength(MAX_READ_MESSAGE_BYTES)
    bobAnswers(answerWith(...Array.from({ length: 9 }, () => filler), encode({ agentVersion: 'last' })))
    expect((await identifyBob()).agentVersion).toBe('last')
  })

  it('when the remote does not speak the protocol', async () => {
    const [connection] = connectNodes(alice, bob)
    expect((await failure(service.identify(connection))).name).toBe('UnsupportedProtocolError')
  })

  it('when the service stops, or has not started', async () => {
    bobAnswers(() => {})
    const [connection] = connectNodes(alice, bob)
    const result = failure(service.identify(connection))
    await settle()
    await service.stop()
    expect((await result).name).toBe('AbortError')
    expect((await failure(service.identify(connection))).name).toBe('NotStartedError')
    expect((await failure(service.push())).name).toBe('NotStartedError')
  })
})

describe('a signed record', () => {
  const listed = multiaddr('/ip4/5.5.5.5/tcp/5')

  async function answerWithRecord(
    signer: string,
    mangle: (envelope: Uint8Array) => Uint8Array = bytes => bytes,
    seq = 7n
  ) {
    const addresses = [multiaddr('/ip4/6.6.6.6/tcp/6')]
    const envelope = await createPeerRecord({ privateKey: keyOf(signer), addresses, seq })
    const signedPeerRecord = mangle(envelope.marshal())
    bobAnswers(answerWith(encode({ publicKey: publicKeyBytes('bob'), listenAddrs: [listed.bytes], signedPeerRecord })))
  }

  it('has its addresses stored, certified, in place of the listed ones', async () => {
    await answerWithRecord('bob')
    const result = await identifyBob()
    expect(result.signedPeerRecord?.seq).toBe(7n)
    expect(await storedAddresses(alice, bob)).toEqual([['/ip4/6.6.6.6/tcp/6', true]])
  })

  it.each<[string, string, (envelope: Uint8Array) => Uint8Array]>([
    ['of another peer', 'carol', bytes => bytes],
    ['with a bad signature', 'bob', bytes => bytes.map((byte, i) => (i === bytes.byteLength - 1 ? byte ^ 1 : byte))],
    ['that is garbage', 'bob', () => fromHex('ffff')]
  ])('%s is logged and the listed addresses are used', async (_, signer, mangle) => {
    await answerWithRecord(signer, mangle)
    const result = await identifyBob()
    expect(result.signedPeerRecord).toBeUndefined()
    expect(await storedAddresses(alice, bob)).toEqual([['/ip4/5.5.5.5/tcp/5', false]])
    expect(alice.logged.some(line => line.includes('record') && line.includes(`${bob.peerId}`))).toBe(true)
  })

  it('that is older than the one known does not displace it', async () => {
    const newer = [multiaddr('/ip4/7.7.7.7/tcp/7')]
    const envelope = await createPeerRecord({ privateKey: keyOf('bob'), addresses: newer, seq: 8n })
    await alice.peerStore.consumePeerRecord(envelope.marshal())
    await answerWithRecord('bob')
    await identifyBob()
    expect(await storedAddresses(alice, bob)).toEqual([['/ip4/7.7.7.7/tcp/7', true]])
  })
})

describe('new connections', () => {
  beforeEach(() => void service.stop())

  it('are identified, from both ends', async () => {
    started(bob)
    started(alice)
    const seen: string[] = []
    bob.on('peer:identify', ({ peerId }) => seen.push(`${peerId}`))
    connectNodes(alice, bob)
    await run(network.pass(1))
    expect(identified.map(({ peerId }) => `${peerId}`)).toEqual([`${bob.peerId}`])
    expect(seen).toEqual([`${alice.peerId}`])
  })

  it('are identified that were open before the start', async () => {
    started(bob)
    connectNodes(alice, bob)
    started(alice)
    await run(network.pass(1))
    expect(identified).toHaveLength(1)
  })

  it('are left alone when so told', async () => {
    started(bob, { runOnConnectionOpen: false })
    started(alice, { runOnConnectionOpen: false })
    const [connection] = connectNodes(alice, bob)
    await run(network.pass(10_000))
    expect(connection.opened).toEqual([])
  })

  it('wait when many open at once, but not for those that are gone', async () => {
    started(alice, { maxConcurrent: 2 })
    const connections: TestConnection[] = []
    for (const name of ['b', 'c', 'd', 'e']) {
      const node = nodeOf(network, name)
      if (name === 'b' || name === 'c') node.handle(IDENTIFY_PROTOCOL, () => {})
      else started(node, { runOnConnectionOpen: false })
      connections.push(connectNodes(alice, node)[0])
    }
    await settle()
    expect(connections.map(({ opened }) => opened.length)).toEqual([1, 1, 0, 0])
    await connections[2]?.close()
    await run(network.pass(IDENTIFY_TIMEOUT_MS + 1))
    expect(connections.map(({ opened }) => opened.length)).toEqual([1, 1, 0, 1])
    expect(identified).toHaveLength(1)
  })

  it('that fail are logged and disturb nobody', async () => {
    const mallory = nodeOf(network, 'mallory')
    mallory.handle(IDENTIFY_PROTOCOL, answerWith(encode({ publicKey: publicKeyBytes('bob') })))
    started(bob)
    started(alice)
    const [lying] = connectNodes(alice, mallory)
    connectNodes(alice, bob)
    await run(network.pass(1))
    expect(identified.map(({ peerId }) => `${peerId}`)).toEqual([`${bob.peerId}`])
    expect(alice.logged.some(line => line.includes(`${mallory.peerId}`) && line.includes('public key'))).toBe(true)
    expect(lying.status).toBe('open')
  })
})

describe('the answering side', () => {
  it('signs once, until something changes', async () => {
    let signatures = 0
    const privateKey = keyOf('bob')
    const counting = {
      ...privateKey,
      publicKey: privateKey.publicKey,
      sign: (data: Uint8Array) => {
        signatures++
        return privateKey.sign(data)
      }
    }
    bob = new Node({
      network,
      peerId: bob.peerId,
      privateKey: counting as never,
      peerStore: bob.peerStore,
      address: bob.listenAddrs[0]!
    })
    started(bob, { runOnConnectionOpen: false })
    const [connection] = connectNodes(alice, bob)
    const seqs: (bigint | undefined)[] = []
    for (let i = 0; i < 5; i++) seqs.push((await run(service.identify(connection))).signedPeerRecord?.seq)
    expect([signatures, new Set(seqs).size]).toEqual([1, 1])

    bob.listenAddrs = [multiaddr('/ip4/8.8.8.8/tcp/1')]
    const changed = await run(service.identify(connection))
    expect(texts(changed.listenAddrs)).toEqual(['/ip4/8.8.8.8/tcp/1'])
    bob.handle('/another/1', () => {})
    const again = await run(service.identify(connection))
    expect(again.protocols).toContain('/another/1')
    expect(signatures).toBe(3)
    // In one and the same millisecond, and still each is newer than the last.
    expect(again.signedPeerRecord!.seq).toBeGreaterThan(changed.signedPeerRecord!.seq)
    expect(changed.signedPeerRecord!.seq).toBeGreaterThan(seqs[0]!)
  })

  it('tells each connection where it is seen, from one encoding', async () => {
    started(bob, { runOnConnectionOpen: false })
    const seen: (string | undefined)[] = []
    for (const port of [1001, 1002]) {
      const [connection] = connectNodes(alice, bob, {
        dialerAddr: multiaddr(`/ip4/9.9.9.9/tcp/${port}/p2p/${alice.peerId}`)
      })
      seen.push((await run(service.identify(connection))).observedAddr?.toString())
    }
    expect(seen).toEqual(['/ip4/9.9.9.9/tcp/1001', '/ip4/9.9.9.9/tcp/1002'])
  })

  it('says how much of it is too much to be told', async () => {
    started(bob, { runOnConnectionOpen: false })
    for (let i = 0; i < 60; i++) bob.handle(`/${'p'.repeat(1000)}/${i}`, () => {})
    const result = await identifyBob()
    expect(result.signedPeerRecord?.addresses).toHaveLength(1)
    expect(result.protocols.length).toBeGreaterThan(20)
    expect(bob.logged.some(line => line.includes('too many'))).toBe(true)
  })

  it('gives up a peer that asks and does not end its stream', async () => {
    started(bob, { runOnConnectionOpen: false })
    const [connection, far] = connectNodes(alice, bob)
    await connection.newStream(IDENTIFY_PROTOCOL)
    await run(network.pass(1))
    expect(far.streams).toHaveLength(1)
    await network.clock.advance(2 * IDENTIFY_TIMEOUT_MS)
    expect(far.streams).toEqual([])
  })

  it('refuses more streams than it should', async () => {
    started(bob, { runOnConnectionOpen: false })
    const [connection] = connectNodes(alice, bob)
    const streams: Stream[] = []
    for (let i = 0; i <= MAX_INBOUND_STREAMS; i++) streams.push(await connection.newStream(IDENTIFY_PROTOCOL))
    await settle()
    expect(streams.at(-1)?.status).toBe('reset')
  })

  it('says why it could not answer, and tries anew', async () => {
    started(bob, { runOnConnectionOpen: false })
    const [connection] = connectNodes(alice, bob)
    const addresses = bob.listenAddrs
    bob.listenAddrs = [{ bytes: fromHex('ff'), toString: () => 'nonsense' } as unknown as Multiaddr]
    expect((await failure(service.identify(connection))).code).toBe('stream-failed')
    expect(bob.logged.some(line => line.includes('answer'))).toBe(true)
    bob.listenAddrs = addresses
    expect((await run(service.identify(connection))).listenAddrs).toHaveLength(1)
  })
})

describe('the service', () => {
  it('starts and stops as often as one likes, and leaves nothing behind', async () => {
    const node = nodeOf(network, 'dave')
    const made = identify()(node)
    await made.start()
    await made.start()
    expect(node.protocols()).toEqual([IDENTIFY_PROTOCOL, IDENTIFY_PUSH_PROTOCOL])
    node.emit('self:peer:update', { peer: await node.peerStore.merge(bob.peerId, {}) })
    await made.stop()
    await made.stop()
    expect([node.registrations, network.clock.pendingTimers]).toEqual([0, 0])
    await made.start()
    expect(node.protocols()).toHaveLength(2)
  })

  it.each([
    { timeoutMs: 0 },
    { pushDelayMs: -1 },
    { maxMessages: 0 },
    { maxConcurrent: 1.5 },
    { agentVersion: 'x'.repeat(257) }
  ])('refuses options like %o', options => {
    expect(() => identify(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKey, pnet } from '@ts-libp2p/pnet'
import { TypedEvents } from '@ts-libp2p/stream'
import { yamux } from '@ts-libp2p/yamux'
import { LevelDatastore } from 'datastore-level'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import {
  createLibp2p,
  generateKeyPair,
  type Libp2pOptions,
  multiaddr,
  type Node,
  type PeerDiscoveryEvents,
  peerDiscoverySymbol,
  peerIdFromString
} from '../src/index.ts'
import { awake } from './awake.ts'

const LOCAL = { addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } }
const ECHO = '/echo/1.0.0'

describe('createLibp2p', () => {
  it('is useful with no options at all', async () => {
    await using a = await createLibp2p()
    await using b = await createLibp2p()
    await a.handle(ECHO, stream => stream.sink(stream.source))
    const address = a.getMultiaddrs().find(ma => ma.toString().includes('/ip4/127.0.0.1/tcp/'))
    expect(address).toBeDefined()
    const stream = await b.dialProtocol(address!, ECHO)
    stream.send(Uint8Array.of(1, 2, 3))
    await stream.close()
    const got: number[] = []
    for await (const chunk of stream) got.push(...chunk.subarray())
    expect(got).toEqual([1, 2, 3])
    expect(await b.services.ping.ping(a.peerId)).toBeGreaterThan(0)
  })

  it('infers the types of services, beside the defaults', async () => {
    const counter = () => (node: Node) => ({ count: 1, self: node.peerId.toString() })
    await using node = await createLibp2p({ ...LOCAL, services: { counter: counter() } })
    expectTypeOf(node.services.counter.count).toEqualTypeOf<number>()
    expectTypeOf(node.services.ping.ping).toBeFunction()
    expect(node.services.counter).toEqual({ count: 1, self: node.peerId.toString() })
  })

  it('starts later when asked to, and stops and starts again', async () => {
    const node = await createLibp2p({ ...LOCAL, start: false })
    const seen: string[] = []
    node.addEventListener('start', () => seen.push('start'))
    node.addEventListener('stop', () => seen.push('stop'))
    expect(node.status).toBe('stopped')
    await expect(node.dial(multiaddr('/ip4/127.0.0.1/tcp/1'))).rejects.toMatchObject({ name: 'NotStartedError' })
    await Promise.all([node.start(), node.start()])
    expect(node.getMultiaddrs()).toHaveLength(1)
    await Promise.all([node.stop(), node.stop()])
    expect(node.getMultiaddrs()).toEqual([])
    await node.start()
    expect(node.getMultiaddrs()).toHaveLength(1)
    await node.stop()
    expect(seen).toEqual(['start', 'stop', 'start', 'stop'])
  })

  it('starts and stops services in order, and tells which one failed', async () => {
    const calls: string[] = []
    const service = (name: string) => () => ({
      beforeStart: () => void calls.push(`${name} beforeStart`),
      start: () => void calls.push(`${name} start`),
      afterStart: () => void calls.push(`${name} afterStart`),
      beforeStop: () => void calls.push(`${name} beforeStop`),
      stop: () => void calls.push(`${name} stop`),
      afterStop: () => void calls.push(`${name} afterStop`)
    })
    const node = await createLibp2p({ ...LOCAL, services: { a: service('a'), b: service('b') } })
    await node.stop()
    const phases = ['beforeStart', 'start', 'afterStart', 'beforeStop', 'stop', 'afterStop']
    expect(calls).toEqual(phases.flatMap(phase => [`a ${phase}`, `b ${phase}`]))

    const bad = () => ({ start: () => Promise.reject(new Error('no disk')), stop: () => {} })
    await expect(createLibp2p({ ...LOCAL, services: { bad } })).rejects.toThrow('service `bad` did not start: no disk')
  })

  it('stops although a service throws or never finishes', async () => {
    const node = await createLibp2p({
      ...LOCAL,
      services: {
        throws: () => ({ start: () => {}, stop: () => Promise.reject(new Error('no')) }),
        hangs: () => ({ start: () => {}, stop: () => new Promise<void>(() => {}) })
      }
    })
    const time = awake()
    await node.stop()
    expect(time.ms()).toBeLessThan(5000)
    expect(node.status).toBe('stopped')
  })

  it('keeps its key and what it knows of peers in the datastore', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'libp2p-'))
    try {
      await using far = await createLibp2p(LOCAL)
      const run = async () => {
        const datastore = new LevelDatastore(folder)
        await datastore.open()
        const node = await createLibp2p({ ...LOCAL, datastore })
        const known = await node.peerStore.has(far.peerId)
        await node.services.identify.identify(await node.dial(far.getMultiaddrs()))
        await node.stop()
        await datastore.close()
        return { id: node.peerId.toString(), known }
      }
      const first = await run()
      expect(first.known).toBe(false)
      expect(await run()).toEqual({ id: first.id, known: true })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('uses the key that it is given', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    await using node = await createLibp2p({ ...LOCAL, privateKey })
    expect(node.peerId.toString()).toBe(privateKey.publicKey.toString())
  })

  it.each(['secp256k1', 'ECDSA', 'RSA'] as const)('runs on a key of type %s', async type => {
    const privateKey =
      type === 'RSA' ? await generateKeyPair('RSA', { bits: 2048 }) : await generateKeyPair(type as 'ECDSA')
    await using a = await createLibp2p({ ...LOCAL, privateKey })
    await using b = await createLibp2p(LOCAL)
    const connection = await b.dial(a.getMultiaddrs())
    expect(connection.remotePeer.equals(a.peerId)).toBe(true)
    expect((await b.services.identify.identify(connection)).peerId.equals(a.peerId)).toBe(true)
    expect((await b.getPublicKey(a.peerId)).equals(privateKey.publicKey)).toBe(true)
  })

  it.each<[string, Libp2pOptions, RegExp]>([
    [
      'no transport for a listen address',
      { addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1'] } },
      /no transport can listen on \/ip4\/127\.0\.0\.1\/udp\/0\/quic-v1; add one/
    ],
    [
      'an address that is none',
      { addresses: { listen: ['127.0.0.1:80'] } },
      /`addresses.listen` has "127.0.0.1:80", which is not a multiaddr/
    ],
    [
      'two muxers of one id',
      { streamMuxers: [yamux(), yamux()] },
      /`streamMuxers` has two modules for \/yamux\/1\.0\.0; leave one of them out/
    ],
    ['no muxer', { streamMuxers: [] }, /`streamMuxers` is empty: leave it out/],
    ['a key that is none', { privateKey: {} as never }, /`privateKey` is not a private key: make one with/],
    ['a service that is not a factory', { services: { ping: {} as never } }, /service `ping` must be a function/],
    [
      'limits that contradict each other',
      { limits: { maxConnections: 5, lowWaterConnections: 6 } },
      /`lowWaterConnections` must not be above/
    ],
    ['a limit that is no number', { limits: { maxConnections: -1 } }, /limit `maxConnections` must be a number/]
  ])('refuses %s, and says what to change', async (_, options, message) => {
    await expect(createLibp2p(options)).rejects.toThrow(message)
  })

  it('refuses to run unprotected where the environment forbids it', async () => {
    vi.stubEnv('LIBP2P_FORCE_PNET', '1')
    try {
      await expect(createLibp2p(LOCAL)).rejects.toThrow('LIBP2P_FORCE_PNET is set: give a `connectionProtector`')
      const psk = generateKey()
      await using a = await createLibp2p({ ...LOCAL, connectionProtector: pnet({ psk }) })
      await using b = await createLibp2p({ ...LOCAL, connectionProtector: pnet({ psk }) })
      await using stranger = await createLibp2p({ ...LOCAL, connectionProtector: pnet({ psk: generateKey() }) })
      expect((await b.dial(a.getMultiaddrs())).status).toBe('open')
      await expect(stranger.dial(a.getMultiaddrs())).rejects.toMatchObject({ name: 'DialError' })
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('refuses to start when it can listen nowhere, and says why for each address', async () => {
    await using first = await createLibp2p(LOCAL)
    const taken = first
      .getMultiaddrs()[0]!
      .toString()
      .replace(/\/p2p\/.*/, '')
    await expect(createLibp2p({ addresses: { listen: [taken] } })).rejects.toThrow(
      new RegExp(`could not listen on any address\\n +${taken}: `)
    )
  })
})

describe('the node', () => {
  it('keeps what it discovers, and who told of it', async () => {
    const events = new TypedEvents<PeerDiscoveryEvents>()
    await using node = await createLibp2p({ ...LOCAL, services: { finder: () => ({ [peerDiscoverySymbol]: events }) } })
    const id = peerIdFromString((await generateKeyPair('Ed25519')).publicKey.toString())
    const found = new Promise(resolve => node.addEventListener('peer:update', resolve, { once: true }))
    events.safeDispatchEvent('peer', { detail: { id, multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/1')] } })
    await found
    expect((await node.peerStore.get(id)).addresses).toMatchObject([{ isCertified: false, source: 'discovery' }])
  })

  it('tells who came and went', async () => {
    await using a = await createLibp2p(LOCAL)
    await using b = await createLibp2p(LOCAL)
    const seen: string[] = []
    for (const type of [
      'connection:open',
      'peer:connect',
      'peer:identify',
      'connection:close',
      'peer:disconnect'
    ] as const) {
      a.addEventListener(type, () => void seen.push(type))
    }
    const identified = new Promise(resolve => a.addEventListener('peer:identify', resolve, { once: true }))
    const gone = new Promise(resolve => a.addEventListener('peer:disconnect', resolve, { once: true }))
    await b.dial(a.getMultiaddrs())
    await identified
    await b.hangUp(a.peerId)
    await gone
    expect(seen).toEqual(['connection:open', 'peer:connect', 'peer:identify', 'connection:close', 'peer:disconnect'])
  })

  it('tells a topology who speaks its protocol, from identify', async () => {
    await using a = await createLibp2p(LOCAL)
    await using b = await createLibp2p(LOCAL)
    await a.handle(ECHO, () => {})
    const came = new Promise<string>(resolve => {
      b.register(ECHO, { onConnect: peer => resolve(peer.toString()) })
    })
    await b.dial(a.getMultiaddrs())
    expect(await came).toBe(a.peerId.toString())
  })

  it('refuses another peer than the one named, and shows the attempt', async () => {
    await using a = await createLibp2p(LOCAL)
    await using b = await createLibp2p(LOCAL)
    const other = (await generateKeyPair('Ed25519')).publicKey.toString()
    const address = multiaddr(
      a
        .getMultiaddrs()[0]!
        .toString()
        .replace(/\/p2p\/.*/, `/p2p/${other}`)
    )
    const err = await b.dial(address).catch((e: unknown) => e)
    expect(err).toMatchObject({ name: 'DialError', code: 'dial-failed' })
    expect((err as { attempts: object[] }).attempts).toMatchObject([
      { outcome: 'failed', step: 'security', error: { name: 'UnexpectedPeerError' } }
    ])
    expect(String(err)).toMatch(
      new RegExp(
        `could not connect to ${other}\\n +/ip4/127.0.0.1/tcp/\\d+.*: failed at security /noise after \\d+ ms: `
      )
    )
    expect(b.getConnections()).toEqual([])
  })

  it('prefers to fail at once for a protocol that an identified peer does not speak', async () => {
    await using a = await createLibp2p(LOCAL)
    await using b = await createLibp2p(LOCAL)
    await b.services.identify.identify(await b.dial(a.getMultiaddrs()))
    await expect(b.dialProtocol(a.peerId, '/nobody/1.0.0')).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
  })

  it('has no routing without a service that routes, and says so', async () => {
    await using node = await createLibp2p(LOCAL)
    await expect(node.peerRouting.findPeer(node.peerId)).rejects.toMatchObject({
      name: 'NodeError',
      code: 'no-routing'
    })
    await expect(node.contentRouting.get(new Uint8Array(1))).rejects.toMatchObject({ code: 'no-routing' })
  })
})

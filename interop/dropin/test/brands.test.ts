/** What both sides know each other's things by: brands, names of errors, and functions or objects as modules. */
import { generateKeyPair as theirKey } from '@libp2p/crypto/keys'
import * as Theirs from '@libp2p/interface'
import { noise as theirNoise } from '@libp2p/noise'
import { peerIdFromPrivateKey as theirPeerId, peerIdFromString as theirPeerIdFromString } from '@libp2p/peer-id'
import { yamux as theirYamux } from '@libp2p/yamux'
import { isMultiaddr as isTheirMultiaddr, multiaddr as theirMultiaddr } from '@multiformats/multiaddr'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@ts-libp2p/crypto'
import * as Ours from '@ts-libp2p/interface'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { noise } from '@ts-libp2p/noise'
import { peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/peer-id'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'
import { createLibp2p as createTheirs, isLibp2p } from 'js-libp2p'
import { describe, expect, it, vi } from 'vitest'
import { jsNode, LISTEN, ourNode } from '../src/index.ts'

const [ours, theirs] = [{ ...Ours }, { ...Theirs }]

const SYMBOLS = [
  ...(['transportSymbol', 'connectionSymbol', 'peerIdSymbol', 'peerRoutingSymbol', 'contentRoutingSymbol'] as const),
  ...(['peerDiscoverySymbol', 'serviceCapabilities', 'serviceDependencies'] as const)
]

/** Errors that the ecosystem tells by their names, and ours throw for the same reasons. */
const ERRORS = [
  ...(['AbortError', 'ConnectionClosedError', 'InvalidParametersError', 'LimitedConnectionError'] as const),
  ...(['MuxerClosedError', 'NotFoundError', 'NotStartedError', 'ProtocolError', 'StreamBufferError'] as const),
  ...(['StreamResetError', 'StreamStateError', 'TimeoutError', 'UnexpectedPeerError'] as const),
  ...(['UnsupportedProtocolError'] as const)
]

describe('brands', () => {
  it.each(SYMBOLS)('%s is the same', name => expect(ours[name]).toBe(theirs[name]))

  it('tell what is what, whoever made it', async () => {
    const peers = [peerIdFromPrivateKey(await generateKeyPair('Ed25519')), theirPeerId(await theirKey('Ed25519'))]
    for (const peer of peers) expect([Ours.isPeerId(peer), Theirs.isPeerId(peer)]).toEqual([true, true])
    const addresses = [multiaddr('/memory/1'), theirMultiaddr('/memory/1')]
    for (const ma of addresses) expect([Ours.isMultiaddr(ma), isTheirMultiaddr(ma)]).toEqual([true, true])
    expect(Theirs.isTransport(tcp()())).toBe(true)
  })

  it('tell a connection, whoever made it', async () => {
    const [a, b] = [await ourNode(), await jsNode()]
    const connection = await a.dial(b.getMultiaddrs())
    await vi.waitFor(() => expect(b.getConnections()).toHaveLength(1))
    for (const one of [connection, b.getConnections()[0]]) {
      expect([Ours.isConnection(one), Theirs.isConnection(one)]).toEqual([true, true])
    }
    await a.stop()
    await b.stop()
  })
})

describe('values', () => {
  it('are equal, whoever made them', async () => {
    const text = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
    expect(peerIdFromString(text).equals(theirPeerIdFromString(text))).toBe(true)
    expect(theirPeerIdFromString(text).equals(peerIdFromString(text))).toBe(true)
    const ma = `/ip4/127.0.0.1/tcp/1/p2p/${text}`
    expect(multiaddr(ma).equals(theirMultiaddr(ma))).toBe(true)
    expect(theirMultiaddr(ma).equals(multiaddr(ma))).toBe(true)
  })

  it.each(['Ed25519', 'secp256k1', 'RSA'] as const)(
    'that are %s keys sign alike and make the same peer id',
    async type => {
      const data = new TextEncoder().encode('signed')
      const theirs = await theirKey(type as 'Ed25519')
      const ours = await privateKeyFromProtobuf(privateKeyToProtobuf(theirs))
      expect(await ours.publicKey.verify(data, await theirs.sign(data))).toBe(true)
      expect(await theirs.publicKey.verify(data, await ours.sign(data))).toBe(true)
      expect([ours.equals(theirs), theirs.equals(ours), ours.publicKey.equals(theirs.publicKey)]).toEqual([
        true,
        true,
        true
      ])
      const ids = [theirs, ours as typeof theirs].flatMap(key => [peerIdFromPrivateKey(key), theirPeerId(key)])
      expect(new Set(ids.map(String)).size).toBe(1)
    }
  )
})

describe('errors', () => {
  it.each(ERRORS)('%s has the same name', name => {
    expect(new ours[name]('').name).toBe(new theirs[name]('').name)
  })
})

describe('modules', () => {
  const start = { addresses: { listen: [LISTEN.tcp] } }

  it('are taken as functions of the node’s components, and as objects', async () => {
    const asFunctions = await createLibp2p({
      ...start,
      connectionEncrypters: [theirNoise()],
      streamMuxers: [theirYamux()]
    })
    const components = asFunctions.swarm.components
    const asObjects = await createLibp2p({
      ...start,
      privateKey: components.privateKey,
      connectionEncrypters: [theirNoise()(components)],
      streamMuxers: [theirYamux()()]
    })
    const peer = await ourNode()
    for (const node of [asFunctions, asObjects]) {
      expect(await peer.services.ping.ping(node.getMultiaddrs())).toBeGreaterThan(0)
      await peer.hangUp(node.peerId)
      await node.stop()
    }
    await peer.stop()
  })

  it('of ours are taken with nothing at all', () => {
    expect([yamux()().protocol, tcp()()[Symbol.toStringTag]]).toEqual(['/yamux/1.0.0', '@ts-libp2p/transport-tcp'])
  })

  it('of ours are named when two are in one node of js-libp2p, as its own are', async () => {
    const node = await createTheirs({
      start: false,
      connectionEncrypters: [noise(), theirNoise()],
      streamMuxers: [yamux()]
    })
    expect(isLibp2p(node)).toBe(true)
    await node.stop()
  })
})

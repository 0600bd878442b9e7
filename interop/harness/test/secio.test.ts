import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { secio } from '@ts-libp2p/secio'
import { tcp } from '@ts-libp2p/transport-tcp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerTestProtocols, ECHO, echo, MANY, type RemotePeer, startPythonPeer } from '../src/index.ts'
import { eventually, namingAnother, START_TIMEOUT_MS } from './conversation.ts'

/** More than the yamux window. */
const BYTES = 1_000_000
/** Which side's preferences count is decided anew by the nonces of each connection. */
const ROUNDS = 6

describe('py-libp2p 0.8, secio and yamux over tcp', () => {
  let theirs: RemotePeer
  let ours: Awaited<ReturnType<typeof startOurs>>

  async function startOurs() {
    const node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [secio()]
    })
    await answerTestProtocols(node)
    return node
  }

  beforeAll(async () => {
    theirs = await startPythonPeer()
    ours = await startOurs()
  }, START_TIMEOUT_MS)
  afterAll(async () => {
    await ours?.stop()
    await theirs?.[Symbol.asyncDispose]()
  })

  const theirAddr = () => multiaddr(theirs.address('tcp'))
  async function hangUp(): Promise<void> {
    await Promise.all(ours.getConnections().map(connection => connection.close()))
    await eventually(async () => expect((await theirs.call('connections')).count).toBe(0))
  }

  it('connects to the peer it named, identifies and pings it', async () => {
    const connection = await ours.dial(theirAddr())
    expect(connection.remotePeer.toString()).toBe(theirs.peerId)
    expect([connection.encryption, connection.multiplexer]).toEqual(['/secio/1.0.0', '/yamux/1.0.0'])
    const { peerId, agentVersion, protocols } = await ours.services.identify.identify(connection)
    expect(peerId.toString()).toBe(theirs.peerId)
    expect(agentVersion).toMatch(/^py-libp2p\//)
    expect(protocols).toContain(ECHO)
    expect(await ours.services.ping.ping(theirAddr())).toBeGreaterThan(0)
  })

  it('refuses a peer that is not the one it named', async () => {
    await hangUp()
    const { addr, peerId } = await namingAnother(theirs.address('tcp'))
    await expect(ours.dial(multiaddr(addr))).rejects.toThrow(`${peerId} was expected`)
  })

  it.each(Array.from({ length: ROUNDS }, (_, round) => round))('echoes when we dial, round %i', async () => {
    await hangUp()
    expect(await echo(await ours.dialProtocol(theirAddr(), ECHO, MANY), BYTES)).toEqual({ bytes: BYTES, equal: true })
  })

  it.each(Array.from({ length: ROUNDS }, (_, round) => round))('echoes when they dial, round %i', async () => {
    await hangUp()
    const addr = String(ours.getMultiaddrs()[0])
    expect(await theirs.call('dial', { addr })).toEqual({ peerId: ours.peerId.toString() })
    expect(await theirs.call('echo', { addr, bytes: BYTES })).toEqual({ bytes: BYTES, equal: true })
    expect(ours.getConnections().map(({ direction, encryption }) => [direction, encryption])).toEqual([
      ['inbound', '/secio/1.0.0']
    ])
  })
})

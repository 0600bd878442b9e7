import type { Stream } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { describe, expect, it } from 'vitest'
import { collect, connectNodes, inVirtualTime, peerNamed, sendAndClose, TestNetwork, TestNode } from '../src/index.ts'

const ECHO = '/echo/1'

function nodes(): { network: TestNetwork; alice: TestNode; bob: TestNode } {
  const network = new TestNetwork()
  const node = (name: string): TestNode =>
    new TestNode({ network, peerId: peerNamed(name), address: multiaddr(`/dns4/${name}.example/tcp/1`) })
  return { network, alice: node('alice'), bob: node('bob') }
}

describe('test nodes', () => {
  it('carry a stream to a handler and back, in virtual time', async () => {
    const { network, alice, bob } = nodes()
    network.latencyMs = 50
    bob.handle(ECHO, async stream => sendAndClose(stream, [await collect(stream)]))
    const startedAt = network.clock.now()
    const work = alice.openStream(bob.peerId, ECHO).then(async stream => {
      const [echoed] = await Promise.all([collect(stream), sendAndClose(stream, [Uint8Array.of(1, 2, 3)])])
      return echoed
    })
    expect(await inVirtualTime(network.clock, work)).toEqual(Uint8Array.of(1, 2, 3))
    // A round trip to connect, and one for the bytes.
    expect(network.clock.now() - startedAt).toBe(200)
    expect(alice.open[0]?.opened).toEqual([ECHO])
  })

  it('are dialled by an address that is equal, once', async () => {
    const { network, alice, bob } = nodes()
    const there = await inVirtualTime(network.clock, alice.dial(multiaddr(String(bob.address))))
    expect(await alice.dial(bob.peerId)).toBe(there)
    expect(await inVirtualTime(network.clock, alice.dial(bob.peerId, { force: true }))).not.toBe(there)
    expect(bob.connections(alice.peerId)).toHaveLength(2)
    await expect(alice.dial(peerNamed('carol'))).rejects.toMatchObject({ name: 'NotFoundError' })
  })

  it('refuse what nobody handles after the stream was handed over', async () => {
    const { alice, bob } = nodes()
    const [connection] = connectNodes(alice, bob)
    const stream = await connection.newStream(ECHO)
    await expect(collect(stream)).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
  })

  it('keep to the limits of a handler, and of a limited connection', async () => {
    const { alice, bob } = nodes()
    const accepted: Stream[] = []
    const undo = bob.handle(ECHO, stream => void accepted.push(stream), { maxInboundStreams: 1 })
    const [connection] = connectNodes(alice, bob)
    const [, second] = [await connection.newStream(ECHO), await connection.newStream(ECHO)]
    await expect(collect(second)).rejects.toMatchObject({ name: 'StreamResetError' })
    const [limited] = connectNodes(alice, bob, { limits: { bytes: 1000n } })
    await expect(collect(await limited.newStream(ECHO))).rejects.toMatchObject({ name: 'StreamResetError' })
    expect(accepted).toHaveLength(1)
    expect(bob.registrations).toBe(1)
    undo()
    expect(bob.registrations).toBe(0)
  })

  it('tell of connections that come and go, on both sides', async () => {
    const { alice, bob } = nodes()
    const events: string[] = []
    for (const [name, node] of Object.entries({ alice, bob })) {
      node.on('connection:open', () => events.push(`${name} opened`))
      node.on('connection:close', () => events.push(`${name} closed`))
    }
    const [connection, far] = connectNodes(alice, bob)
    connection.abort(new Error('enough'))
    expect(events.sort()).toEqual(['alice closed', 'alice opened', 'bob closed', 'bob opened'])
    expect([connection.status, far.status]).toEqual(['aborted', 'reset'])
    await expect(connection.newStream(ECHO)).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  })
})

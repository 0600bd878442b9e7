import { expect, it } from 'vitest'
import { wireVariants } from '../chopping.ts'
import { SeededRandom } from '../seeded-random.ts'
import { connectionPair } from '../wire.ts'
import { countingSignal } from './counting-signal.ts'
import {
  alice,
  bob,
  eve,
  handshakeAs,
  ROLES,
  type SecuritySubject,
  secure,
  startHandshakes
} from './security-subject.ts'

export function securityHandshakeTests(subject: SecuritySubject): void {
  it.each(wireVariants(new SeededRandom('handshake')))('tells each end who the other is (%s)', async (_, wire) => {
    const { client, server } = await secure(subject, { wire: wire() })
    expect([client.remotePeer.toString(), server.remotePeer.toString()]).toEqual([
      bob.peerId.toString(),
      alice.peerId.toString()
    ])
  })

  it('names its protocol', async () => {
    expect((await subject.create(alice)).protocol).toMatch(/^\//)
  })

  it('accepts the peers that each side expects', async () => {
    const { client, server } = await secure(subject, {
      client: { remotePeer: bob.peerId },
      server: { remotePeer: alice.peerId }
    })
    expect(client.remotePeer.equals(bob.peerId)).toBe(true)
    expect(server.remotePeer.equals(alice.peerId)).toBe(true)
  })

  it('can be made again and again by the same instance', async () => {
    const [dialing, listening] = [await subject.create(alice), await subject.create(bob)]
    const peers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const [a, b] = connectionPair()
        const [secured] = await Promise.all([dialing.secureOutbound(a), listening.secureInbound(b)])
        return secured.remotePeer.toString()
      })
    )
    expect(peers).toEqual(new Array(5).fill(bob.peerId.toString()))
  })

  it.each([
    ['the dialer', { client: { remotePeer: eve.peerId } }, 0],
    ['the listener', { server: { remotePeer: eve.peerId } }, 1]
  ] as const)('refuses another peer than %s expects, and hands nothing over', async (_, expected, who) => {
    const { wire, handshakes } = await startHandshakes(subject, expected)
    await expect(handshakes[who]).rejects.toMatchObject({ name: 'UnexpectedPeerError' })
    // Whoever rejected leaves the connection to its caller, who gives it up: then the far side is told as well.
    wire.ends[who].abort(new Error('wrong peer'))
    const far = await handshakes[1 - who]?.then(
      secured => closedOrReset(secured.connection),
      () => 'rejected'
    )
    expect(far).toMatch(/rejected|closed|reset|aborted/)
  })

  it.each(ROLES)('is cancelled by a signal that is aborted already (%s)', async role => {
    const reason = new Error('too late')
    const [connection] = connectionPair()
    await expect(handshakeAs(role, subject, connection, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('leaves no listener on the signal', async () => {
    const [forClient, forServer] = [countingSignal(), countingSignal()]
    const { client, server } = await secure(subject, {
      client: { signal: forClient.signal },
      server: { signal: forServer.signal }
    })
    expect([forClient.listeners(), forServer.listeners()]).toEqual([0, 0])
    forClient.abort(new Error('the handshake is long over'))
    forServer.abort(new Error('the handshake is long over'))
    expect([client.connection.status, server.connection.status]).toEqual(['open', 'open'])
  })
}

async function closedOrReset(stream: {
  status: string
  addEventListener: EventTarget['addEventListener']
}): Promise<string> {
  if (stream.status !== 'open') return stream.status
  await new Promise(resolve => stream.addEventListener('close', resolve, { once: true }))
  return stream.status
}

import type { SecuredConnection, StreamMuxerFactory } from '@ts-libp2p/interface'
import { connectionPair, countRoundTrips, identity, VirtualClock } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import type { Extension } from '../src/extensions.ts'
import { IDENTITY_OID } from '../src/identity.ts'
import { createCertificate, type Tls, type TlsComponents, tls } from '../src/index.ts'
import { ForeignTls } from './foreign.ts'
import { forge } from './forge.ts'

const alice = identity('alice')
const bob = identity('bob')

const muxer = (protocol: string): StreamMuxerFactory => ({ protocol }) as unknown as StreamMuxerFactory
const upgrader = (names: string[]) => ({
  getStreamMuxers: () => new Map(names.map(name => [name, muxer(name)]))
})
const node = ({ privateKey }: typeof alice, components: Partial<TlsComponents> = {}): Tls =>
  tls()({ privateKey, ...components })

async function secure(dialer: Tls, listener: Tls): Promise<[SecuredConnection, SecuredConnection]> {
  const [a, b] = connectionPair()
  return Promise.all([dialer.secureOutbound(a), listener.secureInbound(b)])
}

describe('the muxer', () => {
  const YAMUX = '/yamux/1.0.0'
  const MPLEX = '/mplex/6.7.0'

  it.each([
    ['the only one', [YAMUX], [YAMUX], YAMUX],
    ["the dialer's first of two", [YAMUX, MPLEX], [MPLEX, YAMUX], YAMUX],
    ["the dialer's second where the listener lacks the first", [YAMUX, MPLEX], [MPLEX], MPLEX],
    ['left open where they share none', [YAMUX], [MPLEX], undefined],
    ['left open where the dialer has none', [], [YAMUX], undefined],
    ['left open where the listener has none', [YAMUX], [], undefined]
  ])('is %s', async (_, dialers, listeners, chosen) => {
    const results = await secure(
      node(alice, { upgrader: upgrader(dialers) }),
      node(bob, { upgrader: upgrader(listeners) })
    )
    expect(results.map(({ streamMuxer }) => streamMuxer?.protocol)).toEqual([chosen, chosen])
  })

  it.each([0, 1])('is left open where one side is asked to (%i)', async who => {
    const sides = [alice, bob].map(side => node(side, { upgrader: upgrader([YAMUX]) })) as [Tls, Tls]
    const [a, b] = connectionPair()
    const skip = { skipStreamMuxerNegotiation: true }
    const results = await Promise.all([
      sides[0].secureOutbound(a, who === 0 ? skip : {}),
      sides[1].secureInbound(b, who === 1 ? skip : {})
    ])
    expect(results.map(({ streamMuxer }) => streamMuxer)).toEqual([undefined, undefined])
  })

  it('is offered by preference, and `libp2p` last', async () => {
    const [a, b] = connectionPair()
    const offers: string[][] = []
    const remote = ForeignTls.listen(b, await createCertificate(bob.privateKey), {
      ALPNCallback: ({ protocols }) => {
        offers.push(protocols)
        return 'libp2p'
      }
    })
    await node(alice, { upgrader: upgrader([MPLEX, YAMUX]) }).secureOutbound(a)
    expect(await remote.done()).toBe('secured')
    expect(offers).toEqual([[MPLEX, YAMUX, 'libp2p']])
  })

  it('is left open for a dialer that says nothing of muxers', async () => {
    const [a, b] = connectionPair()
    ForeignTls.dial(a, await createCertificate(alice.privateKey))
    const { streamMuxer, remotePeer } = await node(bob, { upgrader: upgrader([YAMUX]) }).secureInbound(b)
    expect(streamMuxer).toBeUndefined()
    expect(remotePeer.equals(alice.peerId)).toBe(true)
  })

  it('is missing where a dialer offers neither one of ours nor `libp2p`, and both are told', async () => {
    const [a, b] = connectionPair()
    const remote = ForeignTls.dial(a, await createCertificate(alice.privateKey), { ALPNProtocols: ['h2'] })
    await expect(node(bob).secureInbound(b)).rejects.toMatchObject({ name: 'TlsError', code: 'no-common-muxer' })
    expect(await remote.done()).toBeInstanceOf(Error)
  })

  it('must be one that we offered', async () => {
    const [a, b] = connectionPair()
    ForeignTls.listen(b, await createCertificate(bob.privateKey), { ALPNProtocols: ['h2'] })
    const dialed = node(alice, { upgrader: upgrader([YAMUX]) }).secureOutbound(a)
    await expect(dialed).rejects.toMatchObject({ name: 'TlsError', code: 'no-common-muxer' })
  })
})

describe('a certificate', () => {
  it('is made once per node', async () => {
    const dialer = node(alice)
    const seen: (string | undefined)[] = []
    for (const from of [dialer, dialer, node(alice)]) {
      const [a, b] = connectionPair()
      const remote = ForeignTls.listen(b, await createCertificate(bob.privateKey))
      await from.secureOutbound(a)
      await remote.done()
      seen.push(remote.socket.getPeerX509Certificate()?.fingerprint256)
    }
    expect(seen[0]).toMatch(/^[0-9A-F:]+$/)
    expect(seen[1]).toBe(seen[0])
    expect(seen[2]).not.toBe(seen[0])
  })

  it('may be given, and is then shown', async () => {
    const certificate = await createCertificate(alice.privateKey, { keyType: 'Ed25519' })
    const [a, b] = connectionPair()
    const remote = ForeignTls.listen(b, await createCertificate(bob.privateKey))
    await tls({ certificate })({ privateKey: alice.privateKey }).secureOutbound(a)
    await remote.done()
    expect(remote.socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType).toBe('ed25519')
  })

  it('must be there: a dialer without one is refused', async () => {
    const [a, b] = connectionPair()
    ForeignTls.dial(a)
    await expect(node(bob).secureInbound(b)).rejects.toMatchObject({ name: 'TlsError', code: 'no-certificate' })
    expect(b.status).toBe('aborted')
  })

  it('must be the only one', async () => {
    const two = async (): Promise<{ key: string; cert: string }> => {
      const [own, other] = [await createCertificate(bob.privateKey), await createCertificate(alice.privateKey)]
      return { key: own.key, cert: own.cert + other.cert }
    }
    const refused = { name: 'TlsError', code: 'too-many-certificates' }
    const [a, b] = connectionPair()
    ForeignTls.listen(b, await two())
    await expect(node(alice).secureOutbound(a)).rejects.toMatchObject(refused)
    const [c, d] = connectionPair()
    ForeignTls.dial(c, await two())
    await expect(node(alice).secureInbound(d)).rejects.toMatchObject(refused)
  })

  const critical: Extension = { oid: '1.2.3', isCritical: true, value: new Uint8Array(0) }
  it.each<[string, string, (own: Extension) => Extension[]]>([
    ['without an identity', 'no-identity', () => []],
    ['with an unknown critical extension', 'unknown-critical-extension', own => [own, critical]],
    ['with an identity that is none', 'malformed-identity', () => [{ ...critical, oid: IDENTITY_OID }]]
  ])('%s is refused by both sides', async (_, code, choose) => {
    const certificate = await forge(bob.privateKey, choose)
    const [a, b] = connectionPair()
    ForeignTls.listen(b, certificate)
    await expect(node(alice).secureOutbound(a)).rejects.toMatchObject({ name: 'TlsError', code })
    const [c, d] = connectionPair()
    ForeignTls.dial(c, certificate)
    await expect(node(alice).secureInbound(d)).rejects.toMatchObject({ name: 'TlsError', code })
    expect([a.status, d.status]).toEqual(['aborted', 'aborted'])
  })

  it("is made and looked at by the node's clock", async () => {
    const YEAR_MS = 365 * 24 * 60 * 60 * 1000
    const at = (side: typeof alice, years: number) => node(side, { clock: new VirtualClock(years * YEAR_MS) })
    const dialed = async (dialer: Tls, listener: Tls): Promise<SecuredConnection> => {
      const [a, b] = connectionPair()
      listener.secureInbound(b).catch(() => {})
      return dialer.secureOutbound(a)
    }
    expect((await dialed(at(alice, 0), at(bob, 0))).remotePeer.equals(bob.peerId)).toBe(true)
    expect((await dialed(at(alice, 99), at(bob, 0))).remotePeer.equals(bob.peerId)).toBe(true)
    await expect(dialed(at(alice, 200), at(bob, 0))).rejects.toMatchObject({ code: 'expired' })
    await expect(dialed(at(alice, 0), at(bob, 200))).rejects.toMatchObject({ code: 'not-yet-valid' })
  })

  it('that cannot be signed fails the handshakes, with the reason', async () => {
    const reason = new Error('the key is in a safe')
    const privateKey = Object.assign(Object.create(alice.privateKey), { sign: () => Promise.reject(reason) })
    const [a] = connectionPair()
    await expect(tls()({ privateKey }).secureOutbound(a)).rejects.toBe(reason)
    expect(a.status).toBe('aborted')
  })
})

describe('TLS', () => {
  it('is version 1.3 and nothing else, on both sides', async () => {
    const old = { maxVersion: 'TLSv1.2' } as const
    const refused = { name: 'TlsError', code: 'handshake-failed', cause: expect.any(Error) }
    const [a, b] = connectionPair()
    ForeignTls.listen(b, await createCertificate(bob.privateKey), old)
    await expect(node(alice).secureOutbound(a)).rejects.toMatchObject(refused)
    const [c, d] = connectionPair()
    ForeignTls.dial(c, await createCertificate(bob.privateKey), old)
    await expect(node(alice).secureInbound(d)).rejects.toMatchObject(refused)
    const [e, f] = connectionPair()
    const remote = ForeignTls.listen(f, await createCertificate(bob.privateKey))
    await node(alice).secureOutbound(e)
    expect(remote.socket.getProtocol()).toBe('TLSv1.3')
  })

  it('names no server when dialing', async () => {
    const [a, b] = connectionPair()
    const remote = ForeignTls.listen(b, await createCertificate(bob.privateKey))
    await node(alice).secureOutbound(a)
    await remote.done()
    expect((remote.socket as { servername?: unknown }).servername).toBe(false)
  })

  it('ignores that a dialer names a server', async () => {
    const [a, b] = connectionPair()
    ForeignTls.dial(a, await createCertificate(alice.privateKey), { servername: 'example.com' })
    expect((await node(bob).secureInbound(b)).remotePeer.equals(alice.peerId)).toBe(true)
  })

  it('resumes no session: every connection shows its certificate', async () => {
    const listener = node(bob)
    const certificate = await createCertificate(alice.privateKey)
    const [a, b] = connectionPair()
    const first = ForeignTls.dial(a, certificate)
    const ticket = new Promise<Buffer>(resolve => first.socket.once('session', resolve))
    const { connection } = await listener.secureInbound(b)
    connection.send(Uint8Array.of(1))
    const session = await ticket
    const [c, d] = connectionPair()
    const second = ForeignTls.dial(c, certificate, { session })
    expect((await listener.secureInbound(d)).remotePeer.equals(alice.peerId)).toBe(true)
    expect(await second.done()).toBe('secured')
    expect(second.socket.isSessionReused()).toBe(false)
  })

  it('costs the dialer one round trip', async () => {
    const [dialer, listener] = [node(alice), node(bob)]
    const { roundTrips } = await countRoundTrips({}, ([a, b]) => {
      listener.secureInbound(b).catch(() => {})
      return dialer.secureOutbound(a)
    })
    expect(roundTrips).toBe(1)
  })
})

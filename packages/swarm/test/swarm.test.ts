import type {
  Clock,
  Connection,
  MessageStream,
  MultiaddrConnection,
  Stream,
  Topology,
  UpgraderOptions
} from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { plaintext } from '@ts-libp2p/plaintext'
import { systemClock } from '@ts-libp2p/stream'
import { memory } from '@ts-libp2p/transport-memory'
import { yamux } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { type DialError, SwarmError } from '../src/index.ts'
import { makeSwarm, startSwarm } from './swarms.ts'

const ECHO = '/echo/1.0.0'
const echo = async (stream: Stream): Promise<void> => {
  for await (const chunk of stream) stream.send(chunk)
  await stream.close()
}

async function roundTrip(stream: Stream): Promise<number[]> {
  stream.send(Uint8Array.of(1, 2, 3))
  await stream.close()
  const got: number[] = []
  for await (const chunk of stream) got.push(...chunk.subarray())
  return got
}

/** Yamux under another name. */
const otherMuxer = () => {
  const factory = yamux()()
  const createStreamMuxer: typeof factory.createStreamMuxer = connection => factory.createStreamMuxer(connection)
  return { protocol: '/other/1.0.0', createStreamMuxer }
}

/** Yamux that hands the connection below it to the test. */
const capturing = Object.assign(
  (): ReturnType<ReturnType<typeof yamux>> => {
    const factory = yamux()()
    const createStreamMuxer: typeof factory.createStreamMuxer = connection => {
      capturing.last = connection
      return factory.createStreamMuxer(connection)
    }
    return { ...factory, createStreamMuxer }
  },
  { last: undefined as MessageStream | undefined }
)

/** The memory transport, whose connections are upgraded with these options. */
const upgradingWith =
  (extra: Partial<UpgraderOptions>): ReturnType<typeof memory> =>
  components => {
    const transport = memory()(components)
    const dial = transport.dial.bind(transport)
    transport.dial = (ma, options) => {
      const { upgrader } = options
      const upgradeOutbound: typeof upgrader.upgradeOutbound = (raw: MultiaddrConnection, given: UpgraderOptions) =>
        upgrader.upgradeOutbound(raw, { ...given, ...extra })
      return dial(ma, { ...options, upgrader: { ...upgrader, upgradeOutbound } })
    }
    return transport
  }

const rejection = async (promise: Promise<unknown>): Promise<DialError> =>
  await promise.then(
    () => expect.unreachable('it resolved'),
    (err: DialError) => err
  )

describe('dial', () => {
  it('connects, secures, multiplexes and carries a stream', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    a.handle(ECHO, echo)
    const connection = await b.dial(a.addresses())
    expect(connection).toMatchObject({
      encryption: '/noise',
      multiplexer: '/yamux/1.0.0',
      status: 'open',
      direction: 'outbound',
      direct: true
    })
    expect(connection.remotePeer.equals(a.peerId)).toBe(true)
    expect(await roundTrip(await connection.newStream(ECHO))).toEqual([1, 2, 3])
    expect(a.connections(b.peerId)).toHaveLength(1)
  })

  it('finds the addresses in the peer store, or asks who may know', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm({ findPeer: async () => a.addresses() })
    await using c = await startSwarm()
    await c.peerStore.merge(a.peerId, { multiaddrs: a.addresses() })
    expect((await c.dial(a.peerId)).remotePeer.equals(a.peerId)).toBe(true)
    expect((await b.dial(a.peerId)).remotePeer.equals(a.peerId)).toBe(true)
  })

  it('gives the connection that is open already, unless forced', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const first = await b.dial(a.addresses())
    expect(await b.dial(a.peerId)).toBe(first)
    const second = await b.dial(a.addresses(), { force: true })
    expect(second).not.toBe(first)
    expect(b.connections(a.peerId)).toHaveLength(2)
  })

  it('leaves the signal of what succeeded alone: a socket may listen to it for life', async () => {
    const signals: AbortSignal[] = []
    const transport = memory()()
    const { dial } = transport
    transport.dial = (ma, options) => {
      signals.push(options.signal)
      return dial.call(transport, ma, options)
    }
    await using a = await startSwarm()
    await using b = await startSwarm({ transports: [transport] })
    await b.dial(a.addresses())
    expect(signals.map(signal => signal.aborted)).toEqual([false])
  })

  it('is one dial however many ask, and goes on while somebody waits', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const impatient = new AbortController()
    const dials = [b.dial(a.addresses(), { signal: impatient.signal }), b.dial(a.addresses()), b.dial(a.addresses())]
    expect(b.dialQueue()).toHaveLength(0)
    await Promise.resolve()
    impatient.abort(new Error('cannot wait'))
    const [first, second, third] = await Promise.allSettled(dials)
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'cannot wait' } })
    expect((second as PromiseFulfilledResult<Connection>).value).toBe(
      (third as PromiseFulfilledResult<Connection>).value
    )
    expect(b.connections()).toHaveLength(1)
    expect(b.dialQueue()).toEqual([])
  })

  it('tells the whole tree of what it tried', async () => {
    const name = multiaddr('/dns4/example.org/tcp/1')
    await using b = await startSwarm({
      resolver: {
        resolve: async () => [multiaddr('/ip4/192.0.2.1/tcp/1')]
      }
    })
    const nowhere = multiaddr('/memory/4000000')
    const err = await rejection(b.dial([nowhere, multiaddr('/ip4/1.1.1.1/udp/1/quic-v1'), name]))
    expect(err).toMatchObject({ name: 'DialError', code: 'dial-failed' })
    const shown = err.attempts.map(({ address, outcome, step, error, children }) => [
      String(address),
      outcome,
      step,
      error?.name,
      children?.length
    ])
    expect(shown).toEqual(
      expect.arrayContaining([
        ['/memory/4000000', 'failed', 'transport', expect.any(String), undefined],
        ['/ip4/1.1.1.1/udp/1/quic-v1', 'skipped', 'gate', 'SwarmError', undefined],
        ['/dns4/example.org/tcp/1', 'connected', 'done', undefined, 1]
      ])
    )
    expect(err.describe()).toMatch(
      /\/ip4\/192\.0\.2\.1\/tcp\/1: skipped at gate after 0 ms: no transport here dials it/
    )
    expect(err.message).toContain(err.describe())
  })

  it.each<[string, Partial<Parameters<typeof makeSwarm>[0]>, string]>([
    ['no common security', { connectionEncrypters: [plaintext()] }, 'security'],
    ['no common muxer', { streamMuxers: [otherMuxer] }, 'muxer']
  ])('says at which step it failed: %s', async (_, options, step) => {
    await using a = await startSwarm()
    await using b = await startSwarm(options)
    const err = await rejection(
      b.dial(a.addresses()).then(connection => connection.newStream(ECHO, { negotiateFully: true }))
    )
    const text = `${err.name} ${err.message} ${String((err.cause as Error | undefined)?.message)}`
    expect(text).toMatch(step === 'security' ? /plaintext/ : /\/other\/1\.0\.0/)
  })

  it('does not dial itself, nobody, or two peers at once', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    await expect(a.dial(a.addresses())).rejects.toMatchObject({ code: 'dial-self' })
    await expect(a.dial([])).rejects.toMatchObject({ name: 'InvalidParametersError' })
    await expect(a.dial(b.peerId)).rejects.toMatchObject({
      message: expect.stringContaining(`no address of ${b.peerId} could be found: the peer store knows none`),
      cause: { code: 'no-addresses' }
    })
    await expect(a.dial([...a.addresses(), ...b.addresses()])).rejects.toThrow(/belong to 2 peers/)
  })

  it('leaves an address that failed alone for a while, but not one that the user names', async () => {
    await using b = await startSwarm()
    const stranger = makeSwarm().peerId
    await b.peerStore.merge(stranger, { multiaddrs: [multiaddr('/memory/4000001')] })
    expect((await rejection(b.dial(stranger))).attempts).toMatchObject([{ outcome: 'failed' }])
    expect((await rejection(b.dial(stranger))).attempts).toMatchObject([
      { outcome: 'skipped', error: { code: 'backoff' } }
    ])
    const named = multiaddr(`/memory/4000001/p2p/${stranger}`)
    expect((await rejection(b.dial(named))).attempts).toMatchObject([{ outcome: 'failed' }])
  })

  it('ends when its time is up, or the caller has had enough, or the node stops', async () => {
    const never = {
      resolve: (_: unknown, { signal }: { signal?: AbortSignal }) =>
        new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    }
    await using slow = await startSwarm({ resolver: never, limits: { dialTimeoutMs: 50 } })
    const name = multiaddr('/dns4/example.org/tcp/1')
    expect(await rejection(slow.dial(name))).toMatchObject({ name: 'DialError', cause: { name: 'TimeoutError' } })
    await expect(slow.dial(name, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    const pending = rejection(slow.dial(name))
    await slow.stop()
    expect(await pending).toMatchObject({ name: 'DialError' })
  })

  it('keeps no more dials waiting than it may', async () => {
    const never = { resolve: () => new Promise<never>(() => {}) }
    await using b = await startSwarm({ resolver: never, limits: { maxPendingDials: 2 } })
    const dials = [1, 2, 3].map(n => b.dial(multiaddr(`/dns4/example${n}.org/tcp/1`)).catch((e: unknown) => e))
    expect(await dials[2]).toMatchObject({ name: 'SwarmError', code: 'too-many-dials' })
    expect(b.dialQueue()).toHaveLength(2)
    await b.stop()
    await Promise.all(dials)
  })
})

describe('the gater', () => {
  it.each([
    ['denyDialPeer', 'dialer'],
    ['denyDialMultiaddr', 'dialer'],
    ['denyOutboundConnection', 'dialer'],
    ['denyOutboundEncryptedConnection', 'dialer'],
    ['denyOutboundUpgradedConnection', 'dialer'],
    ['denyInboundConnection', 'listener'],
    ['denyInboundEncryptedConnection', 'listener'],
    ['denyInboundUpgradedConnection', 'listener']
  ] as const)('%s at the %s keeps the connection away', async (hook, side) => {
    const connectionGater = { [hook]: async () => true }
    await using a = await startSwarm(side === 'listener' ? { connectionGater } : {})
    await using b = await startSwarm(side === 'dialer' ? { connectionGater } : {})
    a.handle(ECHO, echo)
    // A dialer that does not wait may hold a connection that the listener is about to refuse.
    const outcome = await rejection(
      b.dial(a.addresses()).then(async connection => roundTrip(await connection.newStream(ECHO)))
    )
    expect(outcome).toBeInstanceOf(Error)
    await expect.poll(() => [...a.connections(), ...b.connections()]).toEqual([])
  })
})

describe('streams', () => {
  it('use the first of several protocols that the peer speaks', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    a.handle([ECHO, '/other/1.0.0'], echo)
    const connection = await b.dial(a.addresses())
    const stream = await connection.newStream(['/nobody/1.0.0', ECHO])
    expect(stream.protocol).toBe(ECHO)
    expect(await roundTrip(stream)).toEqual([1, 2, 3])
  })

  it('fail with the reason when nobody answers the protocol', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const connection = await b.dial(a.addresses())
    await expect(connection.newStream(['/x/1', '/y/1'])).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
    await expect(connection.newStream('/x/1', { negotiateFully: true })).rejects.toMatchObject({
      name: 'UnsupportedProtocolError'
    })
    const early = await connection.newStream('/x/1')
    await expect(roundTrip(early)).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
    expect(connection.status).toBe('open')
  })

  it('cost their own stream, not the connection, when a handler throws', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    a.handle('/throws/1.0.0', () => {
      throw new Error('bug')
    })
    a.handle(ECHO, echo)
    const connection = await b.dial(a.addresses())
    await expect(roundTrip(await connection.newStream('/throws/1.0.0'))).rejects.toMatchObject({
      name: 'StreamResetError'
    })
    expect(await roundTrip(await connection.newStream(ECHO))).toEqual([1, 2, 3])
  })

  it('are limited by protocol and direction', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const held: Stream[] = []
    a.handle('/hold/1.0.0', stream => void held.push(stream), { maxInboundStreams: 2 })
    const connection = await b.dial(a.addresses())
    const open = (max = 10) => connection.newStream('/hold/1.0.0', { maxOutboundStreams: max, negotiateFully: true })
    const [first, second] = [await open(), await open()]
    await expect(open().then(roundTrip)).rejects.toMatchObject({ name: 'StreamResetError' })
    await expect(open(2)).rejects.toMatchObject({ name: 'SwarmError', code: 'too-many-streams' })
    first?.abort(new Error('done'))
    second?.abort(new Error('done'))
    await expect.poll(() => held.every(stream => stream.status !== 'open')).toBe(true)
    expect((await open(2)).status).toBe('open')
  })

  it('pass through middleware both ways', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const seen: string[] = []
    a.handle(ECHO, echo)
    a.use(ECHO, (stream, connection, next) => {
      seen.push(`in ${stream.protocol}`)
      next(stream, connection)
    })
    b.use(ECHO, async (stream, connection, next) => {
      seen.push(`out ${stream.protocol}`)
      next(stream, connection)
    })
    expect(await roundTrip(await b.openStream(a.addresses(), ECHO))).toEqual([1, 2, 3])
    expect(seen.sort()).toEqual([`in ${ECHO}`, `out ${ECHO}`])
    b.use(ECHO, () => {
      throw new Error('not today')
    })
    await expect(b.openStream(a.peerId, ECHO)).rejects.toThrow('not today')
    b.unuse(ECHO)
    expect((await b.openStream(a.peerId, ECHO)).status).toBe('open')
  })

  it('cannot be handled twice, unless forced, and not after the handler is gone', async () => {
    await using a = await startSwarm()
    const undo = a.handle(ECHO, echo)
    expect(() => a.handle(ECHO, echo)).toThrow(SwarmError)
    const undoForced = a.handle(ECHO, echo, { force: true })
    undo()
    expect(a.protocols()).toEqual([ECHO])
    undoForced()
    expect(a.protocols()).toEqual([])
  })
})

describe('limited connections', () => {
  it('carry only what asks for it, on both sides', async () => {
    const limits = { bytes: 1000n }
    await using a = await startSwarm()
    await using b = await startSwarm({ transports: [upgradingWith({ limits })] })
    a.handle(ECHO, echo)
    const connection = await b.dial(a.addresses())
    expect(connection.limits).toEqual(limits)
    expect(connection.direct).toBe(false)
    await expect(connection.newStream(ECHO)).rejects.toMatchObject({ name: 'LimitedConnectionError' })
    expect(await roundTrip(await connection.newStream(ECHO, { runOnLimitedConnection: true }))).toEqual([1, 2, 3])
  })
})

describe('a private network', () => {
  it('wraps every connection, and refuses one that cannot be wrapped', async () => {
    let wrapped = 0
    const connectionProtector = {
      protect: async (connection: MessageStream) => {
        wrapped++
        return connection
      }
    }
    await using a = await startSwarm({ connectionProtector })
    await using b = await startSwarm({ connectionProtector })
    await b.dial(a.addresses())
    expect(wrapped).toBe(2)
    await using c = await startSwarm({ connectionProtector, transports: [upgradingWith({ skipProtection: true })] })
    const err = await rejection(c.dial(a.addresses()))
    expect(err.attempts).toMatchObject([{ outcome: 'failed', error: { code: 'unprotected' } }])
    expect(wrapped).not.toContain('c')
  })
})

describe('the connection table', () => {
  it('tells who came and went, and why a connection ended', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const seen: string[] = []
    for (const event of ['connection:open', 'peer:connect', 'connection:close', 'peer:disconnect'] as const) {
      a.on(event, () => seen.push(event))
    }
    const connection = await b.dial(a.addresses())
    await expect.poll(() => seen).toEqual(['connection:open', 'peer:connect'])
    const closed = new Promise<{ error?: Error }>(resolve => a.connections()[0]?.addEventListener('close', resolve))
    connection.abort(new Error('enough of you'))
    expect(String((await closed).error)).toMatch(/reset|abort|enough of you/)
    expect(seen).toEqual(['connection:open', 'peer:connect', 'connection:close', 'peer:disconnect'])
    expect(connection.status).toBe('aborted')
    await expect(connection.newStream(ECHO)).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  })

  it("has the peer's mistake as the reason, and offers the connection to nobody from then on", async () => {
    await using a = await startSwarm({ connectionEncrypters: [plaintext()], streamMuxers: [capturing()] })
    await using b = await startSwarm({ connectionEncrypters: [plaintext()] })
    const connection = await b.dial(a.addresses())
    const closed = new Promise<{ error?: Error }>(resolve => connection.addEventListener('close', resolve))
    await expect.poll(() => a.connections().length).toBe(1)
    const stream = await connection.newStream(ECHO)
    capturing.last?.send(Uint8Array.of(0, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)) // a frame of type 9
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'StreamResetError' })
    expect(connection.status).toBe('closing')
    await expect(connection.newStream(ECHO)).rejects.toMatchObject({ name: 'ConnectionClosedError' })
    expect(await closed).toMatchObject({ error: { name: 'YamuxError', code: 'bad-type' } })
    expect(await b.dial(a.addresses())).not.toBe(connection)
  })

  it('keeps a few connections to one peer, the latest', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm({ limits: { maxConnectionsPerPeer: 2 } })
    const all = [
      await b.dial(a.addresses()),
      await b.dial(a.addresses(), { force: true }),
      await b.dial(a.addresses(), { force: true })
    ]
    await expect.poll(() => all.map(c => c.status)).toEqual(['closed', 'open', 'open'])
  })

  it('prunes the least valuable when there are too many, and spares the protected', async () => {
    await using hub = await startSwarm({ limits: { maxConnections: 3, lowWaterConnections: 2, pruneGraceMs: 0 } })
    const others = await Promise.all([1, 2, 3, 4].map(() => startSwarm()))
    const [tagged, shielded] = others
    await hub.peerStore.merge(tagged!.peerId, { tags: { friend: { value: 50 } } })
    hub.protect(shielded!.peerId, 'mine')
    const pruned = new Promise<Connection[]>(resolve => hub.on('connection:prune', resolve))
    for (const other of others) await hub.dial(other.addresses())
    expect((await pruned).map(c => String(c.remotePeer)).sort()).toEqual(
      others
        .slice(2)
        .map(o => String(o.peerId))
        .sort()
    )
    expect(hub.peers().map(String).sort()).toEqual([tagged, shielded].map(o => String(o!.peerId)).sort())
    await Promise.all(others.map(o => o.stop()))
  })

  it('closes in good order, once what was sent has left', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    a.handle(ECHO, echo)
    const connection = await b.dial(a.addresses())
    const stream = await connection.newStream(ECHO)
    expect(await roundTrip(stream)).toEqual([1, 2, 3])
    await Promise.all([connection.close(), connection.close()])
    expect(connection.status).toBe('closed')
    await expect.poll(() => a.connections()).toEqual([])
  })

  it('closes while the peer keeps streams open, and waits for no timer', async () => {
    const clock: Clock = { now: () => 0, after: () => () => {} }
    const [a, b] = [makeSwarm({ clock }), makeSwarm({ clock })]
    await Promise.all([a.start(), b.start()])
    b.handle(ECHO, () => {})
    const accepted = new Promise<Connection>(resolve => a.handle(ECHO, (_, connection) => resolve(connection)))
    const connection = await b.dial(a.addresses())
    const ours = await connection.newStream(ECHO)
    const far = await accepted
    const idle = [ours, await far.newStream(ECHO)]
    const closed = new Promise<{ error?: Error }>(resolve => far.addEventListener('close', resolve))
    await connection.close()
    expect([connection.status, (await closed).error, far.status]).toEqual(['closed', undefined, 'closed'])
    expect(idle.map(stream => stream.status)).toEqual(['reset', 'reset'])
    await Promise.all([a.stop(), b.stop()])
  })
})

describe('topology', () => {
  it('learns of peers by what they were identified with, those connected before included', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const seen: string[] = []
    const topology: Topology = {
      onConnect: peer => void seen.push(`+${peer.equals(a.peerId)}`),
      onDisconnect: peer => void seen.push(`-${peer.equals(a.peerId)}`)
    }
    const undo = b.watch(ECHO, topology)
    const connection = await b.dial(a.addresses())
    const identified = (protocols: string[]) =>
      b.emit('peer:identify', { peerId: a.peerId, listenAddrs: [], protocols, connection })
    identified(['/x/1'])
    expect(seen).toEqual([])
    identified([ECHO])
    identified([ECHO])
    expect(seen).toEqual(['+true'])
    b.watch(ECHO, { onConnect: () => void seen.push('late') })
    expect(seen).toEqual(['+true', 'late'])
    identified([])
    expect(seen).toEqual(['+true', 'late', '-true'])
    undo()
    identified([ECHO])
    expect(seen).toEqual(['+true', 'late', '-true', 'late'])
    await connection.close()
  })

  it('is not told of a peer that left, and survives callbacks that throw', async () => {
    await using a = await startSwarm()
    await using b = await startSwarm()
    const gone = new Promise<void>(resolve => {
      b.watch(ECHO, {
        onConnect: () => {
          throw new Error('bug')
        },
        onDisconnect: () => resolve()
      })
    })
    const connection = await b.dial(a.addresses())
    b.emit('peer:identify', { peerId: a.peerId, listenAddrs: [], protocols: [ECHO], connection })
    connection.abort(new Error('bye'))
    await gone
  })
})

describe('the swarm', () => {
  it('announces what it is told to, with its own id', async () => {
    const announce = [multiaddr('/ip4/1.1.1.1/tcp/1')]
    await using a = await startSwarm({ addresses: { announce, appendAnnounce: [multiaddr('/ip4/2.2.2.2/tcp/2')] } })
    expect(a.addresses().map(String)).toEqual([
      `/ip4/1.1.1.1/tcp/1/p2p/${a.peerId}`,
      `/ip4/2.2.2.2/tcp/2/p2p/${a.peerId}`
    ])
    await using b = await startSwarm({ addresses: { announce, announceFilter: () => [] } })
    expect(b.addresses()).toEqual([])
  })

  it('tells when its protocols change, once for many changes', async () => {
    await using a = await startSwarm()
    const updates: string[][] = []
    a.on('self:peer:update', ({ peer }) => updates.push(peer.protocols))
    a.handle('/a/1', echo)
    a.handle('/b/1', echo)
    await expect.poll(() => updates.at(-1)).toEqual(['/a/1', '/b/1'])
    expect(updates.filter(list => list.includes('/a/1'))).toHaveLength(1)
  })

  it('works with modules made beforehand as with factories', async () => {
    await using a = await startSwarm({ streamMuxers: [yamux()({ clock: systemClock } as never)] })
    await using b = await startSwarm()
    expect((await b.dial(a.addresses())).multiplexer).toBe('/yamux/1.0.0')
  })

  it('refuses work before it is started', async () => {
    const a = makeSwarm()
    await expect(a.dial(multiaddr('/memory/1'))).rejects.toMatchObject({ name: 'NotStartedError' })
    await a.stop()
  })
})

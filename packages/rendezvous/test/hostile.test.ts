import { fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { createPeerRecord, parseEnvelope, RFC_FORM } from '@ts-libp2p/record'
import { StreamReader } from '@ts-libp2p/stream'
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import {
  INBOUND_IDLE_MS,
  MAX_RECORD_BYTES,
  MAX_REQUEST_BYTES,
  MAX_REQUESTS_PER_STREAM,
  MAX_RESPONSE_BYTES,
  RENDEZVOUS_PROTOCOL,
  REQUEST_TIMEOUT_MS,
  rendezvous,
  rendezvousServer
} from '../src/index.ts'
import {
  decodeDiscoverAnswer,
  decodeRegisterAnswer,
  decodeRequest,
  encodeDiscoverAnswer,
  encodeRegisterAnswer,
  encodeRequest,
  type Request
} from '../src/messages.ts'
import { type Started, simulate, startClient, started, startServer, type World } from './world.ts'

const EMPTY = new Uint8Array(0)
const error = (code: string) => expect.objectContaining({ name: 'RendezvousError', code })
const record = async ({ host }: Started<unknown>): Promise<Uint8Array> =>
  (await createPeerRecord({ privateKey: host.privateKey, addresses: [], seq: 1n })).marshal()

/** One request as bytes, and the answer to it. */
async function ask(world: World, client: Started<unknown>, point: Started<unknown>, bytes: Uint8Array) {
  const stream = await world.until(client.node.dialProtocol(point.host.address, RENDEZVOUS_PROTOCOL))
  stream.send(lengthPrefixed(bytes))
  const answer = await world.until(new StreamReader(stream).readMessage())
  await world.until(stream.close())
  return answer
}

describe('a point, asked by the careless and the hostile', () => {
  const register = (record: Uint8Array, more: Partial<Extract<Request, { type: 'register' }>> = {}): Uint8Array =>
    encodeRequest({ type: 'register', ns: 'x', record, ttlSeconds: 7200, ...more })

  it('refuses records that are not of the peer that sends them', async () => {
    const world = simulate()
    const point = await startServer(world)
    const [a, b] = [await startClient(world), await startClient(world)]
    const own = await record(a)
    const tampered = own.map((byte, i) => (i === own.byteLength - 1 ? byte ^ 1 : byte))
    const bad = [await record(b), tampered, EMPTY, fromUtf8('nonsense'), new Uint8Array(MAX_RECORD_BYTES + 1)]
    for (const bytes of bad) {
      const answer = await ask(world, a, point, register(bytes))
      expect(() => decodeRegisterAnswer(answer)).toThrow(error('invalid-record'))
    }
    expect(decodeRegisterAnswer(await ask(world, a, point, register(own))).ttlSeconds).toBe(7200)
    expect(point.service.size).toBe(1)
  })

  it.each([
    ['without a namespace', { ns: '' }, 'invalid-namespace'],
    ['with a long namespace', { ns: 'x'.repeat(256) }, 'invalid-namespace'],
    ['for too short', { ttlSeconds: 7199 }, 'invalid-ttl'],
    ['for too long', { ttlSeconds: 72 * 3600 + 1 }, 'invalid-ttl'],
    ['for ever', { ttlSeconds: Number.MAX_SAFE_INTEGER }, 'invalid-ttl']
  ])('refuses a registration %s', async (_, more, code) => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world)
    const answer = await ask(world, a, point, register(await record(a), more))
    expect(() => decodeRegisterAnswer(answer)).toThrow(error(code))
  })

  it('grants two hours to who does not ask for more', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world)
    const answer = await ask(world, a, point, register(await record(a), { ttlSeconds: undefined }))
    expect(decodeRegisterAnswer(answer).ttlSeconds).toBe(7200)
  })

  it('refuses forged cookies, those of another namespace, and long namespaces', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world)
    const discover = (ns: string, cookie: Uint8Array): Promise<Uint8Array> =>
      ask(world, a, point, encodeRequest({ type: 'discover', ns, limit: 10, cookie }))
    const { cookie } = decodeDiscoverAnswer(await discover('x', EMPTY))
    expect(decodeDiscoverAnswer(await discover('x', cookie)).registrations).toEqual([])
    const forged = [new Uint8Array(24), Uint8Array.of(1), new Uint8Array(5000), cookie.map(byte => byte ^ 1)]
    for (const bytes of forged) {
      const answer = await discover('x', bytes)
      expect(() => decodeDiscoverAnswer(answer)).toThrow(error('invalid-cookie'))
    }
    const other = await discover('y', cookie)
    expect(() => decodeDiscoverAnswer(other)).toThrow(error('invalid-cookie'))
    const long = await discover('x'.repeat(256), EMPTY)
    expect(() => decodeDiscoverAnswer(long)).toThrow(error('invalid-namespace'))
  })

  it('lets nobody unregister another', async () => {
    const world = simulate()
    const point = await startServer(world)
    const [a, b] = [await startClient(world), await startClient(world)]
    await world.until(a.service.register(point.host.address, 'x'))
    await world.until(b.service.unregister(point.host.address, 'x'))
    await world.run({ ms: 1000 })
    expect(point.service.size).toBe(1)
  })

  it('limits registrations of a peer, and serves the others', async () => {
    const world = simulate()
    const point = await startServer(world, { maxRegistrationsPerPeer: 2, maxRegistrationsPerNamespace: 1 })
    const [a, b] = [await startClient(world), await startClient(world)]
    const join = (who: typeof a, ns: string): Promise<number> =>
      world.until(who.service.register(point.host.address, ns))
    await join(a, 'x')
    await join(a, 'y')
    await expect(join(a, 'z')).rejects.toEqual(error('not-authorized'))
    await expect(join(b, 'x')).rejects.toEqual(error('unavailable'))
    expect(await join(b, 'z')).toBe(7200)
  })

  it.each([
    ['nonsense', lengthPrefixed(fromUtf8('nonsense'))],
    ['an answer', lengthPrefixed(encodeRegisterAnswer({ status: 0, text: '', ttlSeconds: 1 }))],
    ['a long message', lengthPrefixed(new Uint8Array(MAX_REQUEST_BYTES + 1))],
    ['a length without end', new Uint8Array(20).fill(0xff)]
  ])('resets a stream with %s, and nothing else', async (_, bytes) => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world)
    const stream = await world.until(a.node.dialProtocol(point.host.address, RENDEZVOUS_PROTOCOL))
    stream.send(bytes)
    await world.runUntil(() => stream.status !== 'open')
    expect(stream.status).toBe('reset')
    expect(await world.until(a.service.register(point.host.peerId, 'x'))).toBe(7200)
  })

  it('answers several requests on a stream, not endlessly many, and does not wait for ever', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world)
    const request = lengthPrefixed(encodeRequest({ type: 'discover', ns: 'x', limit: 1, cookie: EMPTY }))
    const open = (): Promise<Stream> => world.until(a.node.dialProtocol(point.host.address, RENDEZVOUS_PROTOCOL))
    const stream = await open()
    const reader = new StreamReader(stream)
    for (let i = 1; i < MAX_REQUESTS_PER_STREAM; i++) {
      stream.send(request)
      await world.until(reader.readMessage())
    }
    expect(stream.status).toBe('open')
    stream.send(request)
    await world.runUntil(() => stream.status !== 'open')
    expect(stream.status).toBe('reset')
    const silent = await open()
    await world.run({ ms: INBOUND_IDLE_MS + 1000 })
    expect(silent.status).toBe('reset')
  })

  it('does not grow with answers that nobody reads', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world)
    const stream = await world.until(a.node.dialProtocol(point.host.address, RENDEZVOUS_PROTOCOL))
    const request = lengthPrefixed(encodeRequest({ type: 'discover', ns: 'x', limit: 1, cookie: EMPTY }))
    for (let i = 0; i < 1000; i++) stream.send(request)
    await world.run({ ms: 5000 })
    expect(stream.readBufferLength).toBeLessThan(MAX_REQUESTS_PER_STREAM * 64)
  })

  it('a disk that fails is the point’s own trouble: what was registered stays', async () => {
    const world = simulate()
    let isBroken = false
    const datastore = new MemoryDatastore()
    const put = datastore.put.bind(datastore)
    datastore.put = (key, value) => {
      if (isBroken) throw new Error('no space left on device')
      return put(key, value)
    }
    const point = await startServer(world, { datastore })
    const [a, b] = [await startClient(world), await startClient(world)]
    await world.until(a.service.register(point.host.address, 'x', { ttlSeconds: 8000 }))
    isBroken = true
    const join = (who: typeof a): Promise<number> => world.until(who.service.register(point.host.address, 'x'))
    await expect(join(a)).rejects.toEqual(error('internal-error'))
    await expect(join(b)).rejects.toEqual(error('internal-error'))
    const { peers } = await world.until(b.service.discover(point.host.address, 'x'))
    expect(peers.map(({ id, ttlSeconds }) => [String(id), ttlSeconds > 7200])).toEqual([[String(a.host.peerId), true]])
  })

  it.each([{ maxRegistrations: 0 }, { maxRegistrationsPerPeer: -1 }, { minTtlSeconds: 3, maxTtlSeconds: 2 }])(
    'cannot be made with %j',
    options => {
      const make = (): unknown => rendezvousServer(options)(NODE)
      expect(make).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
    }
  )
})

const NODE = { logger: { forComponent: () => () => {} } } as never

describe('a client, answered by the careless and the hostile', () => {
  /** A point that answers every request with these bytes. */
  const pointThat = async (world: World, answer: (request: Request, stream: Stream) => Uint8Array | undefined) =>
    await started(world, node => {
      node.handle(RENDEZVOUS_PROTOCOL, async stream => {
        const bytes = answer(decodeRequest(await new StreamReader(stream).readMessage()), stream)
        if (bytes === undefined) return
        stream.send(bytes)
        await stream.close()
      })
      return {}
    })
  const discovered = (registrations: { ns?: string; record: Uint8Array }[]): Uint8Array =>
    lengthPrefixed(
      encodeDiscoverAnswer({
        ...{ status: 0, text: '', cookie: Uint8Array.of(7) },
        registrations: registrations.map(found => ({ ns: 'x', ttlSeconds: 10, ...found }))
      })
    )

  it('believes only records that are signed by their peers, in the namespace asked for', async () => {
    const world = simulate()
    const [a, b] = [await startClient(world), await startClient(world)]
    const good = await record(b)
    const bad = [fromUtf8('nonsense'), EMPTY, good.map((byte, i) => (i === 60 ? byte ^ 1 : byte))]
    const point = await pointThat(world, () =>
      discovered([...bad.map(record => ({ record })), { record: good, ns: 'y' }, { record: good }])
    )
    const { peers, cookie } = await world.until(a.service.discover(point.host.address, 'x'))
    expect(peers.map(({ id }) => String(id))).toEqual([String(b.host.peerId)])
    expect(cookie).toEqual(Uint8Array.of(7))
  })

  it('takes no more than it asked for, and never itself', async () => {
    const world = simulate()
    const [a, b] = [await startClient(world), await startClient(world)]
    const [own, other] = [await record(a), await record(b)]
    const point = await pointThat(world, () => discovered([own, other, other, other].map(record => ({ record }))))
    const { peers } = await world.until(a.service.discover(point.host.address, 'x', { limit: 3 }))
    expect(peers).toHaveLength(2)
  })

  it.each<[string, (request: Request, stream: Stream) => Uint8Array | undefined, object]>([
    ['nonsense', () => lengthPrefixed(fromUtf8('nonsense')), { code: 'malformed' }],
    [
      'another answer',
      () => lengthPrefixed(encodeRegisterAnswer({ status: 0, text: '', ttlSeconds: 1 })),
      { code: 'malformed' }
    ],
    ['nothing', () => EMPTY, { code: 'stream-failed' }],
    ['too much', () => lengthPrefixed(new Uint8Array(MAX_RESPONSE_BYTES + 1)), { code: 'stream-failed' }],
    ['a reset', (_, stream) => void stream.abort(new Error('no')), { code: 'stream-failed' }],
    ['silence', () => undefined, { name: 'TimeoutError' }]
  ])('gives up at %s', async (_, answer, expected) => {
    const world = simulate()
    const a = await startClient(world)
    const point = await pointThat(world, answer)
    await expect(world.until(a.service.discover(point.host.address, 'x'))).rejects.toMatchObject(expected)
    expect(world.nowMs).toBeLessThanOrEqual(REQUEST_TIMEOUT_MS + 1000)
  })

  it('begins anew when a point does not know its cookie any more', async () => {
    const world = simulate()
    const cookies: number[] = []
    const point = await pointThat(world, request => {
      if (request.type !== 'discover') return EMPTY
      cookies.push(request.cookie.byteLength)
      if (request.cookie.byteLength === 0) return discovered([])
      const text = 'forged'
      return lengthPrefixed(encodeDiscoverAnswer({ status: 103, text, registrations: [], cookie: EMPTY }))
    })
    const options = { points: [point.host.address], namespaces: ['x'], isRegistering: false, discoverIntervalMs: 1000 }
    await startClient(world, options)
    await world.run({ ms: 2500 })
    expect(cookies).toEqual([0, 1, 0, 1, 0])
  })

  const formOf = (request: Request): 'RFC' | 'network' => {
    const { payloadType } = parseEnvelope((request as { record: Uint8Array }).record)
    return payloadType.byteLength === RFC_FORM.codec.byteLength ? 'RFC' : 'network'
  }
  const registered = (status: number): Uint8Array =>
    lengthPrefixed(encodeRegisterAnswer({ status, text: '', ttlSeconds: status === 0 ? 9000 : 0 }))

  it.each<[string, 'RFC' | 'network', (stream: Stream) => Uint8Array | undefined, string[]]>([
    ['takes that of the RFC', 'RFC', () => registered(101), ['RFC']],
    ['refuses it', 'network', () => registered(101), ['RFC', 'network']],
    ['drops the stream for it', 'network', stream => void stream.abort(new Error('no')), ['RFC', 'network']]
  ])('a point gets the form of record that it knows when it %s', async (_, known, refuse, expected) => {
    const world = simulate()
    const forms: string[] = []
    const point = await pointThat(world, (request, stream) => {
      const form = formOf(request)
      forms.push(form)
      return form === known ? registered(0) : refuse(stream)
    })
    const a = await startClient(world)
    expect(await world.until(a.service.register(point.host.address, 'x'))).toBe(9000)
    expect(forms).toEqual(expected)
  })

  it('asks no faster than it should of a point that grants no time at all', async () => {
    const world = simulate()
    let requests = 0
    const point = await pointThat(world, () => {
      requests++
      return lengthPrefixed(encodeRegisterAnswer({ status: 0, text: '', ttlSeconds: 1 }))
    })
    await startClient(world, { points: [point.host.address], namespaces: ['x'], isDiscovering: false })
    await world.run({ ms: 60_000 })
    expect(requests).toBeLessThanOrEqual(13)
  })

  it.each([
    { points: ['nowhere'] },
    { namespaces: [''] },
    { namespaces: ['x'.repeat(256)] },
    { namespaces: Array.from({ length: 33 }, (_, i) => String(i)) },
    { points: Array.from({ length: 17 }, () => '/ip4/1.2.3.4/tcp/1') },
    { ttlSeconds: 0 },
    { discoverIntervalMs: Number.NaN },
    { timeoutMs: -1 }
  ])('cannot be made with %j', options => {
    expect(() => rendezvous(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})

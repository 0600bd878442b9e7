import { concat, fromUtf8, toHex, toUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, systemRandom } from '@ts-libp2p/crypto'
import {
  type PrivateKey,
  type SecuredConnection,
  type StreamMuxerFactory,
  serviceCapabilities
} from '@ts-libp2p/interface'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import type { ByteStream } from '@ts-libp2p/stream'
import { bareStream, collect, foreignStream, onUnhandledRejection, settle, streamPair } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { type NoiseComponents, type NoiseConnectionOptions, type NoiseOptions, noise } from '../src/index.ts'
import { writesOf } from './dial.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
const [idA, idB] = [peerIdFromPrivateKey(alice), peerIdFromPrivateKey(bob)]

interface Side {
  options?: NoiseOptions
  connection?: NoiseConnectionOptions
  components?: Partial<NoiseComponents>
}

const ofAlice = ({ options, components }: Side = {}) => noise(options)({ privateKey: alice, ...components })
const ofBob = ({ options, components }: Side = {}) => noise(options)({ privateKey: bob, ...components })

function handshake(a: Side = {}, b: Side = {}): Promise<[SecuredConnection, SecuredConnection]> {
  const [rawA, rawB] = streamPair()
  return Promise.all([ofAlice(a).secureOutbound(rawA, a.connection), ofBob(b).secureInbound(rawB, b.connection)])
}

function outcomes(a: Side, b: Side): Promise<PromiseSettledResult<SecuredConnection>[]> {
  const [rawA, rawB] = streamPair()
  return Promise.allSettled([ofAlice(a).secureOutbound(rawA, a.connection), ofBob(b).secureInbound(rawB, b.connection)])
}

const muxer = (protocol: string): StreamMuxerFactory => ({
  protocol,
  createStreamMuxer() {
    throw new Error('not asked for')
  }
})
const speaks = (...protocols: string[]): Side => ({
  components: { upgrader: { getStreamMuxers: () => new Map(protocols.map(p => [p, muxer(p)])) } }
})

describe('/noise', () => {
  it('names itself, and what it is good for, as js-libp2p looks for it', () => {
    expect(ofAlice().protocol).toBe('/noise')
    expect(Reflect.get(ofAlice(), serviceCapabilities)).toContain('@libp2p/connection-encryption')
  })

  it('tells each side who the other is, and carries bytes both ways', async () => {
    const [a, b] = await handshake({ connection: { remotePeer: idB } }, { connection: { remotePeer: idA } })
    expect(a.remotePeer.equals(idB)).toBe(true)
    expect(b.remotePeer.equals(idA)).toBe(true)
    for (const [from, to] of [
      [a, b],
      [b, a]
    ] as const) {
      from.connection.send(fromUtf8('hello'))
      await from.connection.close()
      expect(toUtf8(await collect(to.connection as ByteStream))).toBe('hello')
    }
  })

  it('works over connections of another make', async () => {
    const [rawA, rawB] = streamPair()
    const [a, b] = await Promise.all([
      ofAlice().secureOutbound(foreignStream(rawA)),
      ofBob().secureInbound(foreignStream(rawB), { remotePeer: idA })
    ])
    a.connection.send(fromUtf8('hello'))
    await a.connection.close()
    expect(toUtf8(await collect(b.connection as ByteStream))).toBe('hello')
  })

  it.each(['RSA', 'ECDSA', 'secp256k1'] as const)('works with an identity of type %s', async type => {
    const privateKey = await generateKeyPair(type)
    const [a, b] = await handshake({ components: { privateKey } })
    expect(b.remotePeer.equals(peerIdFromPrivateKey(privateKey))).toBe(true)
    expect(a.remotePeer.equals(idB)).toBe(true)
  })

  it('works where the platform signs and verifies behind promises', async () => {
    const behindPromises = (key: PrivateKey): PrivateKey =>
      Object.create(key, { sign: { value: async (data: Uint8Array) => key.sign(data) } }) as PrivateKey
    const [rawA, rawB] = streamPair()
    const [a, b] = await Promise.all([
      noise()({ privateKey: behindPromises(alice) }).secureOutbound(rawA),
      noise()({ privateKey: behindPromises(bob) }).secureInbound(rawB)
    ])
    b.connection.send(fromUtf8('hello'))
    await b.connection.close()
    expect(toUtf8(await collect(a.connection as ByteStream))).toBe('hello')
  })

  it('fails with what the signing failed with, and only those who need it', async () => {
    const unhandled: unknown[] = []
    const stopWatch = onUnhandledRejection(err => unhandled.push(err))
    const privateKey = Object.create(bob, { sign: { value: () => Promise.reject(new Error('locked')) } }) as PrivateKey
    noise()({ privateKey })
    await settle()
    stopWatch()
    expect(unhandled).toEqual([])
    const [a, b] = await outcomes({}, { components: { privateKey } })
    expect(b).toMatchObject({ status: 'rejected', reason: { message: 'locked' } })
    expect(a).toMatchObject({ status: 'rejected', reason: { name: 'StreamResetError' } })
  })

  it('takes no more than 4 MiB from a remote that talks while we sign', async () => {
    const sign = { value: () => new Promise(() => {}) }
    const listening = noise()({ privateKey: Object.create(bob, { sign }) as PrivateKey })
    const { stream, aborts } = bareStream()
    const securing = listening.secureInbound(stream)
    stream.receive(new Uint8Array(34).fill(9).with(0, 0).with(1, 32))
    for (let i = 0; i < 65; i++) stream.receive(new Uint8Array(65_536))
    await expect(securing).rejects.toMatchObject({ name: 'StreamBufferError' })
    expect(aborts).toMatchObject([{ name: 'StreamBufferError' }])
  })

  it('signs its static key once, however many connections it secures', async () => {
    let signed = 0
    const sign = (data: Uint8Array): unknown => {
      signed++
      return bob.sign(data)
    }
    const encrypter = noise()({ privateKey: Object.create(bob, { sign: { value: sign } }) as PrivateKey })
    for (let i = 0; i < 3; i++) {
      const [rawA, rawB] = streamPair()
      await Promise.all([ofAlice().secureOutbound(rawA), encrypter.secureInbound(rawB)])
    }
    expect(signed).toBe(1)
  })

  it('takes its keys from the randomness that it is given, that of the next handshake while it waits', async () => {
    const lengths: number[] = []
    const bytes = (length: number): Uint8Array<ArrayBuffer> => {
      lengths.push(length)
      return systemRandom.bytes(length)
    }
    const random = { ...systemRandom, bytes }
    await handshake({ components: { random } })
    expect(lengths).toEqual([32, 32, 32])
    await handshake({ components: { random }, options: { staticKey: new Uint8Array(32).fill(7) } })
    expect(lengths).toEqual([32, 32, 32, 32, 32])
  })

  it('never uses an ephemeral key twice', async () => {
    const alice = ofAlice()
    const firsts = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const { stream, writes } = bareStream()
      void alice.secureOutbound(stream).catch(() => {})
      await settle()
      firsts.add(toHex(writes[0] as Uint8Array))
      stream.abort(new Error('done'))
    }
    expect(firsts.size).toBe(3)
  })
})

describe('round trips', () => {
  it('message 1 leaves with what was queued before, in one write', async () => {
    const encrypter = ofAlice()
    // Where keys come behind promises, the first handshake waits for them. The next finds them made.
    await writesOf(encrypter, 'first')
    const writes = await writesOf(encrypter, 'proposal')
    expect(writes.map(w => w.byteLength)).toEqual([8 + 34])
  })

  it('message 3 leaves with the first bytes of the layer above, after any number of awaits', async () => {
    const [near, far] = [bareStream(), bareStream()]
    const dialing = ofAlice().secureOutbound(near.stream)
    const listening = ofBob().secureInbound(far.stream)
    await settle()
    far.stream.receive(near.writes[0] as Uint8Array)
    await settle()
    near.stream.receive(far.writes[0] as Uint8Array)
    const { connection } = await dialing
    for (let i = 0; i < 20; i++) await Promise.resolve()
    connection.send(fromUtf8('early'))
    await settle()
    expect(near.writes.map(w => w.byteLength)).toEqual([34, 170 + 2 + 5 + 16])

    far.stream.receive(near.writes[1] as Uint8Array)
    const secured = await listening
    const chunks = (secured.connection as ByteStream)[Symbol.asyncIterator]()
    expect(toUtf8((await chunks.next()).value)).toBe('early')
  })

  it('message 3 leaves also when nothing is sent after it', async () => {
    const [a, b] = await handshake()
    expect([a.connection.writeBufferLength, b.connection.status]).toEqual([0, 'open'])
  })
})

describe('the muxer chosen in the handshake', () => {
  it.each([
    ['the first of the initiator', speaks('/a', '/b'), speaks('/b', '/a'), '/a'],
    ['the first that the responder has', speaks('/x', '/b'), speaks('/a', '/b'), '/b'],
    ['none, when the responder sent no list', speaks('/a'), {}, undefined],
    ['none, when the initiator sent no list', {}, speaks('/a'), undefined]
  ])('is %s', async (_, a, b, chosen) => {
    const results = await handshake(a, b)
    expect(results.map(r => r.streamMuxer?.protocol)).toEqual([chosen, chosen])
  })

  it('is none for who does not want it', async () => {
    const results = await handshake({ ...speaks('/a'), connection: { skipStreamMuxerNegotiation: true } }, speaks('/a'))
    expect(results.map(r => r.streamMuxer)).toEqual([undefined, undefined])
  })

  it('fails both sides when there are lists and nothing in common', async () => {
    const [a, b] = await outcomes(speaks('/a'), speaks('/b'))
    expect(a).toMatchObject({ status: 'rejected', reason: { name: 'NoiseError', code: 'no-common-muxer' } })
    expect(b).toMatchObject({ status: 'rejected' })
  })
})

describe('extensions and prologue', () => {
  it('tells the other side of certificates', async () => {
    const webtransportCerthashes = [Uint8Array.of(0x12, 0x20, 1), Uint8Array.of(0x12, 0x20, 2)]
    const [a] = await handshake({}, { options: { extensions: { webtransportCerthashes } } })
    expect(a.remoteExtensions).toEqual({ webtransportCerthashes, streamMuxers: [] })
  })

  it('takes the prologue of the connection before that of the node', async () => {
    const prologue = fromUtf8('libp2p-webrtc-noise:…')
    await expect(handshake({ options: { prologue } }, { options: { prologue } })).resolves.toHaveLength(2)
    await expect(handshake({ options: { prologue } }, { connection: { prologue } })).resolves.toHaveLength(2)
    const [a] = await outcomes({ connection: { prologue } }, {})
    expect(a).toMatchObject({ status: 'rejected', reason: { name: 'NoiseError', code: 'decryption-failed' } })
  })
})

describe('a handshake that fails aborts the connection', () => {
  it.each([
    ['the dialer', { connection: { remotePeer: idA } }, {}, 0],
    ['the listener', {}, { connection: { remotePeer: idB } }, 1]
  ])('when %s meets somebody else', async (_, a, b, who) => {
    const results = await outcomes(a, b)
    expect(results[who]).toMatchObject({ status: 'rejected', reason: { name: 'UnexpectedPeerError' } })
  })

  it.each([
    ['garbage', (stream: ByteStream) => stream.receive(new Uint8Array(600).fill(0x01)), 'NoiseError'],
    ['the end', (stream: ByteStream) => stream.receiveEnd(), 'ConnectionClosedError'],
    ['a reset', (stream: ByteStream) => stream.receiveReset(new TypeError('cable')), 'TypeError']
  ])('when %s comes', async (_, act, name) => {
    for (const method of ['secureOutbound', 'secureInbound'] as const) {
      const { stream } = bareStream()
      const securing = ofAlice()[method](stream)
      act(stream)
      await expect(securing).rejects.toMatchObject({ name })
      expect(['aborted', 'reset']).toContain(stream.status)
    }
  })

  it.each([0, 1, 2])('when the signal fires after %d messages', async messages => {
    const [near, far] = [bareStream(), bareStream()]
    const controller = new AbortController()
    const { signal } = controller
    const dialing = ofAlice().secureOutbound(near.stream, { signal })
    const listening = ofBob().secureInbound(far.stream, { signal })
    await settle()
    if (messages > 0) far.stream.receive(near.writes[0] as Uint8Array)
    await settle()
    if (messages > 1) near.stream.receive((far.writes[0] as Uint8Array).subarray(0, 100))
    controller.abort(new Error('too slow'))
    await expect(dialing).rejects.toThrow('too slow')
    await expect(listening).rejects.toThrow('too slow')
    expect([...near.aborts, ...far.aborts]).toMatchObject([{ message: 'too slow' }, { message: 'too slow' }])
  })

  it('before it begins, when the signal has fired already', async () => {
    const { stream, writes } = bareStream()
    const securing = ofAlice().secureOutbound(stream, { signal: AbortSignal.abort(new Error('no')) })
    await expect(securing).rejects.toThrow('no')
    expect(writes).toEqual([])
  })
})

describe('bytes that come early', () => {
  it('reach the stream when they arrive with message 3', async () => {
    const [near, far] = [bareStream(), bareStream({ lendsBuffers: true })]
    const dialing = ofAlice().secureOutbound(near.stream)
    const listening = ofBob().secureInbound(far.stream)
    await settle()
    far.stream.receive(near.writes[0] as Uint8Array)
    await settle()
    near.stream.receive(far.writes[0] as Uint8Array)
    const { connection } = await dialing
    connection.send(fromUtf8('one'))
    await settle()
    connection.send(fromUtf8('two'))
    await connection.close()
    const lent = concat(near.writes.slice(1))
    far.stream.receive(lent)
    lent.fill(0xee)
    far.stream.receiveEnd()
    expect(toUtf8(await collect((await listening).connection as ByteStream))).toBe('onetwo')
  })
})

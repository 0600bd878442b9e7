import { concat, fromUtf8, toHex, toUtf8 } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import { type ByteStream, type Dialogue, runDialogue, StreamReader } from '@ts-libp2p/stream'
import {
  collect,
  connectionPair,
  countRoundTrips,
  eventually,
  expectBytes,
  foreignStream,
  randomChunks,
  SeededRandom,
  scriptedPeer,
  sendAndClose,
  settle,
  VirtualClock,
  Wire,
  type WireOptions,
  wireVariants
} from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { generateKey, Keystream, MULTISTREAM_START, NONCE_BYTES, type PnetOptions, pnet } from '../src/index.ts'

const random = new SeededRandom('pnet')
const PSK = generateKey(random)
const OTHER_PSK = generateKey(random)
const NOTHING = new Uint8Array(0)
const MIB = 1024 * 1024

/** Without a check of the first bytes, which is a matter of its own. */
const protector = (options: Partial<PnetOptions> = {}) => pnet({ psk: PSK, remoteStart: NOTHING, ...options })()

interface Pair {
  wire: Wire
  client: MessageStream
  server: MessageStream
}

async function protectedPair(options: WireOptions = {}): Promise<Pair> {
  const wire = new Wire(options)
  const [client, server] = await Promise.all(wire.ends.map(end => protector().protect(end)))
  return { wire, client: client as MessageStream, server: server as MessageStream }
}

describe('protected data', () => {
  it.each(wireVariants(random))('flows both ways (%s)', async (_, options) => {
    const { client, server } = await protectedPair(options())
    const sent = [random.bytes(150_000), random.bytes(80_000)] as const
    const reading = Promise.all([collect(server), collect(client)])
    await Promise.all([
      sendAndClose(client, randomChunks(sent[0], random)),
      sendAndClose(server, randomChunks(sent[1], random))
    ])
    const got = await reading
    expectBytes(got[0], sent[0])
    expectBytes(got[1], sent[1])
    expect([client.status, server.status]).toEqual(['closed', 'closed'])
  })

  it('goes over a stream that lives in the time of the connection below', async () => {
    const { client, server } = await protectedPair({ clock: new VirtualClock(1_000_000) })
    expect([client, server].map(({ timeline }) => timeline.open)).toEqual([1_000_000, 1_000_000])
  })

  it('that was sent before the connection below was closed arrives', async () => {
    const { wire, client, server } = await protectedPair()
    const bytes = random.bytes(300_000)
    const reading = collect(server)
    client.send(bytes)
    await wire.ends[0].close()
    expectBytes(await reading, bytes)
  })

  it('of 10 MiB arrives', async () => {
    const { client, server } = await protectedPair()
    const bytes = random.bytes(10 * MIB)
    const reading = collect(server)
    await sendAndClose(client, randomChunks(bytes, random, MIB))
    expectBytes(await reading, bytes)
  })

  it('is a nonce and the bytes under XSalsa20, and a new nonce for each direction and connection', async () => {
    const nonces: string[] = []
    for (let i = 0; i < 2; i++) {
      const seen: Uint8Array[] = []
      const [a, b] = connectionPair()
      b.addEventListener('message', ({ data }) => seen.push((data as Uint8Array).slice()))
      const stream = await protector().protect(a)
      stream.send(fromUtf8('hello'))
      await settle()
      const bytes = concat(seen)
      const nonce = bytes.subarray(0, NONCE_BYTES)
      expect(toUtf8(new Keystream(PSK, nonce).apply([bytes.subarray(NONCE_BYTES)], 5))).toBe('hello')
      nonces.push(toHex(nonce))
    }
    expect(new Set(nonces).size).toBe(2)
  })

  it('half-closed goes on in the other direction', async () => {
    const { client, server } = await protectedPair()
    await sendAndClose(client, [fromUtf8('question')])
    expectBytes(await collect(server), fromUtf8('question'))
    await sendAndClose(server, [fromUtf8('answer')])
    expectBytes(await collect(client), fromUtf8('answer'))
  })

  it('closed without a byte is an end in good order', async () => {
    const { client, server } = await protectedPair()
    await client.close()
    expectBytes(await collect(server), NOTHING)
  })

  it('stops when the reader sleeps, and goes on when it wakes', async () => {
    const { wire, client, server } = await protectedPair()
    const chunk = new Uint8Array(65_536)
    server.pause()
    let sentBytes = 0
    for (let idle = 0; idle < 200; idle++) {
      if (!client.writableNeedsDrain) {
        client.send(chunk)
        sentBytes += chunk.byteLength
        idle = 0
      }
      await settle()
    }
    // The wire holds up to 1 MiB, each of four streams about 256 KiB.
    expect(sentBytes).toBeLessThan(3 * MIB)
    expect(wire.ends[1].readBufferLength).toBeLessThanOrEqual(512 * 1024)
    server.resume()
    const reading = collect(server)
    await client.close()
    expect((await reading).byteLength).toBe(sentBytes)
  })

  it('aborted resets the far end', async () => {
    const { client, server } = await protectedPair()
    client.abort(new Error('enough'))
    await expect(collect(server)).rejects.toBeInstanceOf(Error)
    expect([client.status, server.status]).toEqual(['aborted', 'reset'])
  })

  it('over a connection that is lost ends with the cause, on both sides', async () => {
    const { wire, client, server } = await protectedPair()
    const loss = new Error('somebody stumbled over the cable')
    const outcomes = Promise.allSettled([collect(client), collect(server)])
    wire.cut(loss)
    expect(await outcomes).toEqual([
      { status: 'rejected', reason: loss },
      { status: 'rejected', reason: loss }
    ])
  })

  it('stands on a connection of another make', async () => {
    const [a, b] = connectionPair()
    const [client, server] = [await protector().protect(foreignStream(a)), await protector().protect(foreignStream(b))]
    const bytes = random.bytes(300_000)
    const reading = collect(server)
    await sendAndClose(client, randomChunks(bytes, random))
    expectBytes(await reading, bytes)
  })
})

describe('protecting', () => {
  it('costs no round trip', async () => {
    const { roundTrips } = await countRoundTrips({}, async ([a, b]) => {
      const [client, server] = await Promise.all([protector().protect(a), protector().protect(b)])
      void server.addEventListener('message', ({ data }) => server.send(data))
      client.send(fromUtf8('ping'))
      return new StreamReader(client).read(4)
    })
    expect(roundTrips).toBe(1)
  })

  it('sends the nonce along with the first bytes', async () => {
    const writes: number[] = []
    const [a] = connectionPair({
      intercept: ({ bytes }) => {
        writes.push(bytes.byteLength)
        return { bytes }
      }
    })
    const sends = new ByteStreamSpy(a)
    const stream = await protector().protect(sends.stream)
    stream.send(fromUtf8('hello'))
    await settle()
    expect(sends.calls).toEqual([[NONCE_BYTES, 5]])
    expect(writes).toEqual([NONCE_BYTES, 5])
  })

  it('sends the nonce even if nobody sends anything', async () => {
    const [a, b] = connectionPair()
    await protector().protect(a)
    expect((await new StreamReader(b).read(NONCE_BYTES)).byteLength).toBe(NONCE_BYTES)
  })

  it('is cancelled by a signal that is aborted already', async () => {
    const reason = new Error('too late')
    const [a] = connectionPair()
    await expect(protector().protect(a, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(a.writeBufferLength).toBe(0)
  })

  it.each([0, 1, 23])('fails when the remote ends after %i bytes', async length => {
    const { connection } = scriptedPeer([random.bytes(length), 'end'])
    const stream = await protector().protect(connection)
    await expect(collect(stream)).rejects.toMatchObject({ name: 'PnetError', code: 'truncated' })
    expect(connection.status).toBe('aborted')
  })
})

describe('the wrong key', () => {
  function* handshake(): Dialogue<string> {
    yield { send: MULTISTREAM_START }
    yield { send: fromUtf8('\x07/noise\n') }
    yield { take: MULTISTREAM_START.byteLength }
    return toUtf8(yield { take: 8 })
  }

  const wrongKey = { name: 'PnetError', code: 'wrong-key', message: expect.stringContaining('pre-shared key') }

  async function handshakes(keys: [Uint8Array, Uint8Array], options: WireOptions = {}) {
    const { ends } = new Wire(options)
    return Promise.allSettled(
      ends.map(async (end, i) => runDialogue(await pnet({ psk: keys[i] as Uint8Array })().protect(end), handshake()))
    )
  }

  it.each(wireVariants(random))('fails the handshake above at once, and says why (%s)', async (_, options) => {
    const outcomes = await handshakes([PSK, OTHER_PSK], options())
    const reasons = outcomes.map(outcome => (outcome as PromiseRejectedResult).reason)
    // The other end may learn it from the reset.
    expect(reasons).toContainEqual(expect.objectContaining(wrongKey))
    for (const reason of reasons) expect(String(reason)).toContain('pre-shared key')
  })

  it.each(wireVariants(random))('is not found where the key is right (%s)', async (_, options) => {
    const outcomes = await handshakes([PSK, PSK], options())
    expect(outcomes).toEqual(new Array(2).fill({ status: 'fulfilled', value: '\x07/noise\n' }))
  })

  it('is found in a remote of the public network', async () => {
    const { connection } = scriptedPeer([concat([MULTISTREAM_START, fromUtf8('\x07/noise\n')])])
    const stream = await pnet({ psk: PSK })().protect(connection)
    await expect(runDialogue(stream, handshake())).rejects.toMatchObject(wrongKey)
    expect(connection.status).toBe('aborted')
  })

  it('is noise to the layer above where nothing is checked', async () => {
    const [a, b] = connectionPair()
    const client = await protector().protect(a)
    const server = await protector({ psk: OTHER_PSK }).protect(b)
    const plaintext = random.bytes(64)
    client.send(plaintext)
    await eventually('it arrives', () => server.readBufferLength === 64)
    expect(toHex(await new StreamReader(server).read(64))).not.toBe(toHex(plaintext))
  })
})

/** A stream that notes the lengths of what is sent as one. */
class ByteStreamSpy {
  readonly calls: number[][] = []
  readonly stream: ByteStream

  constructor(target: ByteStream) {
    this.stream = target
    const sendAll = target.sendAll.bind(target)
    target.sendAll = chunks => {
      this.calls.push(chunks.map(chunk => chunk.byteLength))
      return sendAll(chunks)
    }
  }
}

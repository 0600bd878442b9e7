import { concat, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import { StreamReader } from '@ts-libp2p/stream'
import {
  collect,
  connectionPair,
  eventually,
  expectBytes,
  foreignStream,
  identity,
  randomChunks,
  SeededRandom,
  settle,
  Wire,
  type WireOptions
} from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { createCertificate, tls } from '../src/index.ts'
import { ForeignTls } from './foreign.ts'

const random = new SeededRandom('tls')
const alice = tls()(identity('alice'))
const bob = tls()(identity('bob'))

interface Pair {
  wire: Wire
  client: MessageStream
  server: MessageStream
}

async function secure(options: WireOptions = {}): Promise<Pair> {
  const wire = new Wire(options)
  const secured = await Promise.all([alice.secureOutbound(wire.ends[0]), bob.secureInbound(wire.ends[1])])
  return { wire, client: secured[0].connection, server: secured[1].connection }
}

/** Our listener, and a dialer that does what it is told. */
async function withForeignDialer(): Promise<{ remote: ForeignTls; raw: MessageStream; stream: MessageStream }> {
  const [a, b] = connectionPair()
  const remote = ForeignTls.dial(a, await createCertificate(identity('alice').privateKey))
  const { connection } = await bob.secureInbound(b)
  return { remote, raw: a, stream: connection }
}

describe('the end of the remote', () => {
  it('in good order is close_notify, and the other direction goes on', async () => {
    const { remote, stream } = await withForeignDialer()
    remote.socket.end('question')
    expect(toUtf8(await collect(stream))).toBe('question')
    expect(stream.status).toBe('open')
    stream.send(fromUtf8('answer'))
    const heard: Uint8Array[] = []
    remote.socket.on('data', (chunk: Uint8Array) => heard.push(chunk))
    await stream.close()
    await eventually('the answer is there', () => heard.length > 0)
    expect(toUtf8(concat(heard))).toBe('answer')
    expect(stream.status).toBe('closed')
  })

  it('is a cut when the connection ends without close_notify; what came before can be read', async () => {
    const { remote, raw, stream } = await withForeignDialer()
    remote.socket.write('half a sentence')
    await eventually('it has left', () => remote.socket.writableLength === 0)
    await raw.close()
    const reader = new StreamReader(stream)
    expect(toUtf8(await reader.read(15))).toBe('half a sentence')
    await expect(reader.read(1)).rejects.toMatchObject({ name: 'TlsError', code: 'truncated' })
    expect(stream.status).toBe('reset')
  })

  it.each([
    ['close_notify', 'closed'],
    ['nothing', 'truncated']
  ])('waits behind what is not read yet (%s)', async (how, outcome) => {
    const { remote, raw, stream } = await withForeignDialer()
    stream.pause()
    const bytes = random.bytes(400_000)
    remote.socket.write(bytes)
    if (how === 'close_notify') remote.socket.end()
    else
      await eventually('all has left', () => remote.socket.writableLength === 0 || remote.port.duplex.writableNeedDrain)
    if (how === 'nothing') {
      await settle()
      await raw.close()
    }
    for (let turns = 0; turns < 50; turns++) await settle()
    expect(stream.status).toBe('open')
    stream.resume()
    const reader = new StreamReader(stream)
    expectBytes(await reader.read(bytes.byteLength), bytes)
    if (outcome === 'closed') expect(await reader.readSome()).toBeUndefined()
    else await expect(reader.readSome()).rejects.toMatchObject({ name: 'TlsError', code: 'truncated' })
  })
})

describe('what goes wrong after the handshake', () => {
  it.each(['client', 'server'] as const)('is found by the %s itself, and is a TlsError', async who => {
    const attack = { isOn: false }
    const pair = await secure({
      intercept: ({ bytes }) => {
        if (!attack.isOn) return { bytes }
        const changed = bytes.slice()
        changed[9] = (changed[9] as number) ^ 1
        return { bytes: changed }
      }
    })
    attack.isOn = true
    const [from, to] = who === 'server' ? [pair.client, pair.server] : [pair.server, pair.client]
    from.send(random.bytes(100))
    await expect(collect(to)).rejects.toMatchObject({ name: 'TlsError', code: 'tls-failed', cause: expect.any(Error) })
  })

  it('below, when writing, resets the stream with the reason', async () => {
    const { wire, client } = await secure()
    Object.assign(wire.ends[0], {
      sendAll() {
        throw new Error('not now')
      }
    })
    client.send(random.bytes(100))
    await expect(collect(client)).rejects.toMatchObject({ message: 'not now' })
    expect([client.status, wire.ends[0].status]).toEqual(['reset', 'aborted'])
  })

  it('between the handshake and the hand-over fails the handshake', async () => {
    const [a, b] = connectionPair()
    const remote = ForeignTls.dial(a, await createCertificate(identity('alice').privateKey))
    const loss = new Error('lost')
    const inbound = bob.secureInbound(b)
    remote.socket.once('secure', () => a.abort(loss))
    await expect(inbound).rejects.toBeInstanceOf(Error)
    expect(b.status).toMatch(/reset|aborted/)
  })
})

describe('writes', () => {
  it('of one tick share records', async () => {
    const sizes: number[] = []
    const { client, server } = await secure({
      intercept: ({ bytes }) => {
        sizes.push(bytes.byteLength)
        return { bytes }
      }
    })
    await settle()
    sizes.length = 0
    for (let i = 0; i < 100; i++) client.send(new Uint8Array(100))
    await new StreamReader(server).read(10_000)
    // One record: 5 bytes before it, a byte for its type, 16 for its tag.
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10_000 + 22)
  })

  it("of a listener's session tickets wait for its first data", async () => {
    const sent: number[] = []
    const { wire, client, server } = await secure()
    const note = (): void => void sent.push(wire.sentBytes[1])
    note()
    for (let turns = 0; turns < 20; turns++) await settle()
    note()
    server.send(fromUtf8('welcome'))
    expect(toUtf8(await new StreamReader(client).read(7))).toBe('welcome')
    note()
    expect(sent[1]).toBe(sent[0])
    expect(sent[2]).toBeGreaterThan((sent[1] as number) + 7 + 22)
  })

  it('go over a connection of another make', async () => {
    const [a, b] = connectionPair()
    const [client, server] = await Promise.all([
      alice.secureOutbound(foreignStream(a)),
      bob.secureInbound(foreignStream(b))
    ])
    const bytes = random.bytes(500_000)
    const reading = collect(server.connection)
    for (const chunk of randomChunks(bytes, random)) {
      if (!client.connection.send(chunk)) await client.connection.onDrain()
    }
    await client.connection.close()
    expectBytes(await reading, bytes)
  })
})

it.each(['end', 'cut'] as const)('a handshake with P-256 that breaks off is refused, wherever (%s)', async then => {
  const { wire } = await secure()
  for (const [i, from] of (['outbound', 'inbound'] as const).entries()) {
    // The last bytes are left out: the lengths of ECDSA signatures differ from one handshake to the next.
    const total = (wire.sentBytes[i] as number) - 16
    for (const limit of [0, 1, 5, 6, ...Array.from({ length: 20 }, (_, k) => Math.floor((total * (k + 1)) / 20))]) {
      const broken = new Wire({
        intercept: passage => {
          const left = limit - passage.offset
          if (passage.from !== from || passage.bytes.byteLength <= left) return { bytes: passage.bytes }
          return { bytes: passage.bytes.subarray(0, left), then }
        }
      })
      const handshakes = [alice.secureOutbound(broken.ends[0]), bob.secureInbound(broken.ends[1])]
      for (const handshake of handshakes) handshake.catch(() => {})
      await expect(handshakes[1 - i], `${from} bytes break off after ${limit}`).rejects.toBeInstanceOf(Error)
      broken.cut()
      await Promise.allSettled(handshakes)
    }
  }
})

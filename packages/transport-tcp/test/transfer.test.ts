import { randomBytes } from 'node:crypto'
import { markSingleUse } from '@ts-libp2p/bytes'
import { multiaddr } from '@ts-libp2p/multiaddr'
import type { ByteConnection } from '@ts-libp2p/stream'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_WRITE_BATCH_BYTES } from '../src/index.ts'
import { closeAll, connected, socketPath } from './connected.ts'

afterEach(closeAll)

describe.each([
  ['IPv4', () => '/ip4/127.0.0.1/tcp/0'],
  ['IPv6', () => '/ip6/::1/tcp/0'],
  ['a unix socket', () => `/unix${socketPath()}`]
])('over %s', (_, address) => {
  it('carries bytes both ways, byte for byte', async () => {
    const { dialer, acceptor } = await connected({ listen: address() })
    const [there, back] = [randomBytes(3_000_000), randomBytes(2_000_000)]
    const [atAcceptor, atDialer] = await Promise.all([
      readAll(acceptor),
      readAll(dialer),
      sendInPieces(dialer, there),
      sendInPieces(acceptor, back)
    ])
    expect(there.equals(atAcceptor)).toBe(true)
    expect(back.equals(atDialer)).toBe(true)
    expect([dialer.status, acceptor.status]).toEqual(['closed', 'closed'])
  })

  it('half-closes: what the other side sends still arrives', async () => {
    const { dialer, acceptor } = await connected({ listen: address() })
    await dialer.close()
    expect(await readAll(acceptor)).toHaveLength(0)
    acceptor.send(Uint8Array.of(1, 2, 3))
    await acceptor.close()
    expect(await readAll(dialer)).toEqual(Buffer.of(1, 2, 3))
  })
})

describe('backpressure', () => {
  it('stops a writer whose reader sleeps, and loses nothing', async () => {
    const { dialer, acceptor } = await connected()
    acceptor.pause()
    const data = randomBytes(64 * 1024)
    const sent = await sendUntilStuck(dialer, data)
    const heldBySystem = 16_000_000
    expect(sent).toBeLessThan(heldBySystem + MAX_WRITE_BATCH_BYTES)
    expect(acceptor.readBufferLength).toBeLessThan(1_000_000)

    void dialer.close()
    acceptor.resume()
    expect((await readAll(acceptor)).byteLength).toBe(sent)
  })

  it('tells when it may go on, every time', async () => {
    const { dialer, acceptor } = await connected()
    const received = readAll(acceptor)
    for (let round = 0; round < 20; round++) {
      while (dialer.send(new Uint8Array(100_000)));
      await dialer.onDrain()
    }
    await dialer.close()
    expect((await received).byteLength % 100_000).toBe(0)
  })
})

describe('buffers for one use', () => {
  it('are freed when they were written, and not a byte before', async () => {
    const { dialer, acceptor } = await connected()
    acceptor.pause()
    const chunks = Array.from({ length: 150 }, (_, i) => new Uint8Array(i % 3 === 0 ? 65_519 : 70_001).fill(i))
    const expected = Buffer.concat(chunks)
    chunks.forEach(markSingleUse)
    // Far more than the system takes, with a reader that sleeps: most of it waits half written.
    for (const chunk of chunks) dialer.send(chunk)
    const received = readAll(acceptor)
    acceptor.resume()
    await dialer.close()
    expect(expected.equals(await received)).toBe(true)
    const freed = chunks.filter(chunk => chunk.byteLength === 0).length
    expect(freed > 0).toBe('transfer' in ArrayBuffer.prototype)
  })

  it('leaves what was not marked to its sender', async () => {
    const { dialer, acceptor } = await connected()
    const data = randomBytes(100_000)
    dialer.send(data)
    dialer.send(data)
    await dialer.close()
    expect(Buffer.concat([data, data]).equals(await readAll(acceptor))).toBe(true)
  })
})

describe('one process, many sockets', () => {
  it('never shows one socket what another reads, though they share a buffer', async () => {
    const pairs = await Promise.all(Array.from({ length: 20 }, () => connected()))
    const received = pairs.map(({ acceptor }) => readAll(acceptor))
    await Promise.all(pairs.map(({ dialer }, i) => sendInPieces(dialer, new Uint8Array(300_000).fill(i + 1))))
    for (const [i, bytes] of (await Promise.all(received)).entries()) {
      expect(bytes.byteLength).toBe(300_000)
      expect(bytes.every(byte => byte === i + 1)).toBe(true)
    }
  })
})

async function sendInPieces(conn: ByteConnection, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.byteLength; ) {
    const length = 1 + Math.floor(Math.random() ** 4 * 200_000)
    if (!conn.send(data.subarray(at, at + length))) await conn.onDrain()
    at += length
  }
  await conn.close()
}

async function readAll(conn: ByteConnection): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of conn) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Sends until the connection has not drained for many turns of the event loop. Returns how many bytes it took. */
async function sendUntilStuck(conn: ByteConnection, data: Uint8Array): Promise<number> {
  let sent = 0
  for (let idle = 0; idle < 2_000; idle++) {
    while (!conn.writableNeedsDrain) {
      conn.send(data)
      sent += data.byteLength
      idle = 0
    }
    await new Promise(resolve => setImmediate(resolve))
  }
  return sent
}

it('names a unix socket by its path', async () => {
  const path = socketPath()
  const { acceptor, dialer } = await connected({ listen: `/unix${path}` })
  expect(acceptor.remoteAddr.equals(multiaddr(`/unix${path}`))).toBe(true)
  expect(dialer.remoteAddr.equals(multiaddr(`/unix${path}`))).toBe(true)
})

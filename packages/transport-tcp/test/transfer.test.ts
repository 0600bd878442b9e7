import { randomBytes } from 'node:crypto'
import { markSingleUse } from '@ts-libp2p/bytes'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { collect, randomChunks, SeededRandom, sendAndClose, stalled } from '@ts-libp2p/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_WRITE_BATCH_BYTES } from '../src/index.ts'
import { closeAll, connected, socketPath } from './connected.ts'

const random = new SeededRandom('tcp')
/** Bytes that the system takes at most for a reader that sleeps. */
const HELD_BY_SYSTEM = 16_000_000

afterEach(closeAll)

function pieces(data: Uint8Array): Uint8Array[] {
  return randomChunks(data, random, 200_000)
}

describe.each([
  ['IPv4', () => '/ip4/127.0.0.1/tcp/0'],
  ['IPv6', () => '/ip6/::1/tcp/0'],
  ['a unix socket', () => `/unix${socketPath()}`]
])('over %s', (_, address) => {
  it('carries bytes both ways, byte for byte', async () => {
    const { dialer, acceptor } = await connected({ listen: address() })
    const [there, back] = [randomBytes(3_000_000), randomBytes(2_000_000)]
    const [atAcceptor, atDialer] = await Promise.all([
      collect(acceptor),
      collect(dialer),
      sendAndClose(dialer, pieces(there)),
      sendAndClose(acceptor, pieces(back))
    ])
    expect(there.equals(atAcceptor)).toBe(true)
    expect(back.equals(atDialer)).toBe(true)
    expect([dialer.status, acceptor.status]).toEqual(['closed', 'closed'])
  })

  it('half-closes: what the other side sends still arrives', async () => {
    const { dialer, acceptor } = await connected({ listen: address() })
    await dialer.close()
    expect(await collect(acceptor)).toHaveLength(0)
    acceptor.send(Uint8Array.of(1, 2, 3))
    await acceptor.close()
    expect(await collect(dialer)).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('backpressure', () => {
  it('stops a writer whose reader sleeps, and loses nothing', async () => {
    const { dialer, acceptor } = await connected()
    acceptor.pause()
    const data = randomBytes(64 * 1024)
    const sent = await stalled(dialer, data, 2 * HELD_BY_SYSTEM)
    expect(sent).toBeLessThan(HELD_BY_SYSTEM + MAX_WRITE_BATCH_BYTES)
    expect(acceptor.readBufferLength).toBeLessThan(1_000_000)

    void dialer.close()
    acceptor.resume()
    expect((await collect(acceptor)).byteLength).toBe(sent)
  })

  it('tells when it may go on, every time', async () => {
    const { dialer, acceptor } = await connected()
    const received = collect(acceptor)
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
    const received = collect(acceptor)
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
    expect(Buffer.concat([data, data]).equals(await collect(acceptor))).toBe(true)
  })
})

describe('one process, many sockets', () => {
  it('never shows one socket what another reads, though they share a buffer', async () => {
    const pairs = await Promise.all(Array.from({ length: 20 }, () => connected()))
    const received = pairs.map(({ acceptor }) => collect(acceptor))
    await Promise.all(pairs.map(({ dialer }, i) => sendAndClose(dialer, pieces(new Uint8Array(300_000).fill(i + 1)))))
    for (const [i, bytes] of (await Promise.all(received)).entries()) {
      expect(bytes.byteLength).toBe(300_000)
      expect(bytes.every(byte => byte === i + 1)).toBe(true)
    }
  })
})

it('names a unix socket by its path', async () => {
  const path = socketPath()
  const { acceptor, dialer } = await connected({ listen: `/unix${path}` })
  expect(acceptor.remoteAddr.equals(multiaddr(`/unix${path}`))).toBe(true)
  expect(dialer.remoteAddr.equals(multiaddr(`/unix${path}`))).toBe(true)
})

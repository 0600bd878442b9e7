/** A node in a page, and go-libp2p and rust-libp2p, unmodified, over WebSocket. */
import {
  answerTestProtocols,
  COUNT,
  ECHO,
  echo,
  GREET,
  RESET,
  readAll,
  writeZeros
} from '@ts-libp2p/interop-harness/test-protocols'
import { createLibp2p, multiaddr, type Stream } from '@ts-libp2p/libp2p'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from 'vitest/browser'

const MIB = 2 ** 20
const CHUNK = new Uint8Array(64 * 1024).map((_, i) => i % 251)
/** The first time on a machine the peers are compiled. */
const START_TIMEOUT_MS = 1_800_000

const startOurs = () => createLibp2p()

describe.each([
  ['go', /^tslibp2p\/interop-go@/],
  ['rust', /^rust-libp2p\//]
] as const)('a node in a page and %s-libp2p', (name, agentVersion) => {
  let ours: Awaited<ReturnType<typeof startOurs>>
  let address: ReturnType<typeof multiaddr>
  let ourAddress: string

  beforeAll(async () => {
    const [first = ''] = await commands.startPeer(name)
    address = multiaddr(first)
    ours = await startOurs()
    await answerTestProtocols(ours)
    // They take the connection that there is, whatever the address.
    ourAddress = `/ip4/127.0.0.1/tcp/1/ws/p2p/${ours.peerId}`
  }, START_TIMEOUT_MS)
  afterAll(async () => {
    await ours?.stop()
    await commands.endPeer(name)
  })

  /** What was on its way has come: later than it do answers to later questions. */
  async function roundTrips(): Promise<boolean> {
    for (let i = 0; i < 20; i++) await ours.services.ping.ping(address)
    return true
  }

  it('connect', async () => {
    const connection = await ours.dial(address)
    expect(address.toString()).toContain(connection.remotePeer.toString())
    expect(connection).toMatchObject({ encryption: '/noise', multiplexer: '/yamux/1.0.0' })
  })

  it('identify', async () => {
    const {
      agentVersion: agent,
      protocols,
      observedAddr
    } = await ours.services.identify.identify(await ours.dial(address))
    expect(agent).toMatch(agentVersion)
    expect(protocols).toContain(ECHO)
    expect(observedAddr?.toString()).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)
  })

  it('ping each other', async () => {
    expect(await ours.services.ping.ping(address)).toBeGreaterThan(0)
    expect(await commands.askPeer(name, 'ping', { addr: ourAddress })).toEqual({ rttMs: expect.any(Number) })
  })

  it('echo 10 MiB each way', async () => {
    const bytes = 10 * MIB
    expect(await echo(await ours.dialProtocol(address, ECHO), bytes)).toEqual({ bytes, equal: true })
    expect(await commands.askPeer(name, 'echo', { addr: ourAddress, bytes })).toEqual({ bytes, equal: true })
  })

  it('hold back us, who write while we do not read the echo', async () => {
    const stream = await ours.dialProtocol(address, ECHO)
    let sent = 0
    for (let isHeld = false; !isHeld; ) {
      while (stream.send(CHUNK)) sent += CHUNK.byteLength
      sent += CHUNK.byteLength
      expect(sent).toBeLessThan(64 * MIB)
      isHeld = await Promise.race([stream.onDrain().then(() => false), roundTrips()])
    }
    const closed = stream.onDrain().then(() => stream.close())
    expect(await readSame(stream)).toEqual({ received: sent, isSame: true })
    await closed
  })

  it('hold back them, who write while we do not read', async () => {
    const bytes = 64 * MIB
    const opened = new Promise<Stream>(resolve => void ours.handle('/perf/1.0.0', resolve))
    const asked = commands.askPeer(name, 'perf', { addr: ourAddress, up: bytes, down: 0 })
    const stream = await opened
    await roundTrips()
    expect(stream.readBufferLength).toBeLessThanOrEqual(16 * MIB)
    expect((await readAll(stream, bytes + 8)).byteLength).toBe(bytes + 8)
    await stream.close()
    expect(await asked).toMatchObject({ received: 0 })
  })

  it('half-close', async () => {
    const stream = await ours.dialProtocol(address, COUNT)
    await writeZeros(stream, MIB)
    await stream.close()
    expect(new TextDecoder().decode(await readAll(stream))).toBe(String(MIB))
    const greeting = await ours.dialProtocol(address, GREET)
    expect(new TextDecoder().decode(await readAll(greeting))).toBe('hello')
    await greeting.close()
    expect(await commands.askPeer(name, 'count', { addr: ourAddress, bytes: MIB })).toEqual({ count: MIB })
  })

  it('reset', async () => {
    const stream = await ours.dialProtocol(address, RESET)
    stream.send(Uint8Array.of(0))
    await expect(readAll(stream)).rejects.toMatchObject({ name: 'StreamResetError' })
  })

  it('run 100 streams at once', async () => {
    const each = { bytes: 20_000, equal: true }
    const all = Array.from({ length: 100 }, async () => echo(await ours.dialProtocol(address, ECHO), each.bytes))
    expect(await Promise.all(all)).toEqual(Array.from({ length: 100 }, () => each))
  })
})

async function readSame(stream: Stream): Promise<{ received: number; isSame: boolean }> {
  let received = 0
  let isSame = true
  for await (const piece of stream) {
    for (const byte of piece.subarray()) isSame &&= byte === CHUNK[received++ % CHUNK.byteLength]
  }
  return { received, isSame }
}

/** Connections and streams of a node in a page with go-libp2p and rust-libp2p, unmodified, over WebSocket. */
import {
  answerTestProtocols,
  COUNT,
  ECHO,
  echo as echoAtOnce,
  GREET,
  RESET,
  readAll,
  writeZeros
} from '@ts-libp2p/interop-harness/test-protocols'
import { createLibp2p, type Multiaddr, type Stream } from '@ts-libp2p/libp2p'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressOf, ForeignPeer, SCHEMES, START_TIMEOUT_MS } from './foreign.ts'
import { CHUNK, echo, readSame } from './pattern.ts'

const MIB = 2 ** 20

const startOurs = () => createLibp2p()
type Ours = Awaited<ReturnType<typeof startOurs>>

describe.each([
  ['go', /^tslibp2p\/interop-go@/],
  ['rust', /^rust-libp2p\//]
] as const)('a node in a page and %s-libp2p', (name, agentVersion) => {
  let theirs: ForeignPeer

  beforeAll(async () => {
    theirs = await ForeignPeer.start(name)
  }, START_TIMEOUT_MS)
  afterAll(() => theirs?.end())

  describe.each(SCHEMES)('over %s', scheme => {
    let ours: Ours
    let address: Multiaddr

    beforeAll(async () => {
      address = theirs.address(scheme)
      ours = await startOurs()
    })
    afterAll(() => ours?.stop())

    it('connect', async () => {
      const connection = await ours.dial(address)
      expect(String(connection.remotePeer)).toBe(theirs.peerId)
      expect(connection).toMatchObject({ encryption: '/noise', multiplexer: '/yamux/1.0.0' })
      expect(String(connection.remoteAddr).includes('/tls/')).toBe(scheme === 'wss')
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
      expect(await theirs.ask('ping', { addr: addressOf(ours) })).toEqual({ rttMs: expect.any(Number) })
    })

    it('echo 50 MiB', async () => {
      const bytes = 50 * MIB
      const result = await echo(await ours.dialProtocol(address, ECHO), bytes)
      expect(result).toEqual({ received: bytes, isSame: true, isBounded: true })
    })
  })

  describe('streams', () => {
    let ours: Ours
    let address: Multiaddr
    let ourAddress: string

    beforeAll(async () => {
      address = theirs.address('ws')
      ours = await startOurs()
      await answerTestProtocols(ours)
      // They know of the connection once they answer on it.
      await ours.services.ping.ping(address)
      ourAddress = addressOf(ours)
    })
    afterAll(() => ours?.stop())

    /** What was on its way has come: later than it do answers to later questions. */
    async function roundTrips(): Promise<boolean> {
      for (let i = 0; i < 20; i++) await ours.services.ping.ping(address)
      return true
    }

    it('echo what they say', async () => {
      const bytes = 10 * MIB
      expect(await theirs.ask('echo', { addr: ourAddress, bytes })).toEqual({ bytes, equal: true })
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
      const asked = theirs.ask('perf', { addr: ourAddress, up: bytes, down: 0 })
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
      expect(await theirs.ask('count', { addr: ourAddress, bytes: MIB })).toEqual({ count: MIB })
    })

    it('reset', async () => {
      const stream = await ours.dialProtocol(address, RESET)
      stream.send(Uint8Array.of(0))
      await expect(readAll(stream)).rejects.toMatchObject({ name: 'StreamResetError' })
    })

    it('run 100 streams at once', async () => {
      const each = { bytes: 20_000, equal: true }
      const all = Array.from({ length: 100 }, async () =>
        echoAtOnce(await ours.dialProtocol(address, ECHO), each.bytes)
      )
      expect(await Promise.all(all)).toEqual(Array.from({ length: 100 }, () => each))
    })
  })
})

import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { createLibp2p, generateKeyPair, multiaddr, peerIdFromPrivateKey, type Stream } from '@ts-libp2p/libp2p'
import { perf } from '@ts-libp2p/perf'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  answerTestProtocols,
  COUNT,
  ECHO,
  echo,
  GREET,
  MANY,
  RESET,
  type RemotePeer,
  readAll,
  resetError,
  type TestStats,
  writeZeros
} from '../src/index.ts'
import { type Combination, MUXERS, SECURITY, speaking } from './combinations.ts'

/** What one side did is seen by the other some time later; longer on a busy machine. */
export const eventually = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 60_000 })

const TEN_MB = 10 * 1024 * 1024
/** A first build of another implementation fetches and compiles it. */
export const START_TIMEOUT_MS = 1_800_000
const RESETS = [
  ['no code', 0],
  ['a code', 42]
] as const
const LISTEN = { tcp: '/ip4/127.0.0.1/tcp/0', ws: '/ip4/127.0.0.1/tcp/0/ws' }

/** The address with another peer id. */
export async function namingAnother(addr: string): Promise<{ addr: string; peerId: string }> {
  const peerId = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
  return { addr: addr.replace(/[^/]+$/, peerId), peerId }
}

/** What the two sides are, and what has to be seen of it. */
export interface Conversation {
  combination: Combination
  start: () => Promise<RemotePeer>
  agentVersion: RegExp
  /** What theirs tells of a connection beside peer, security and muxer. */
  theirDial?: object
  /** What theirs says when somebody else is at the far side. By default whom it expected. */
  refusal?: RegExp
  /** Whether the code of a reset gets through. Default false: it is 0. */
  carriesCodes?: boolean
  /** What theirs answers when ours resets a stream. */
  ourReset: (code: number) => object
  /** Whether theirs knows our signed peer record for one. Default true. */
  readsOurRecord?: boolean
}

async function startOurs({ combination }: Conversation) {
  return await createLibp2p({
    ...speaking(combination),
    addresses: { listen: [LISTEN[combination.transport]] },
    transports: [tcp(), webSockets()],
    services: { perf: perf() }
  })
}

/** The cases of one peer of another implementation and one of ours, inside a `describe`. */
export function converse(conversation: Conversation): void {
  const { transport } = conversation.combination
  const security = SECURITY[conversation.combination.security].id
  const muxer = MUXERS[conversation.combination.muxer].id
  let ours: Awaited<ReturnType<typeof startOurs>>
  let theirs: RemotePeer
  let stats: TestStats

  beforeAll(async () => {
    ours = await startOurs(conversation)
    stats = await answerTestProtocols(ours)
    theirs = await conversation.start()
  }, START_TIMEOUT_MS)
  afterAll(async () => {
    await ours?.stop()
    await theirs?.[Symbol.asyncDispose]()
  })

  const open = (protocol: string): Promise<Stream> =>
    ours.dialProtocol(multiaddr(theirs.address(transport)), protocol, MANY)
  const ourAddr = (): string => String(ours.getMultiaddrs()[0])

  describe('we dial', () => {
    it('connects to the peer it named, with the security and muxer configured', async () => {
      const connection = await ours.dial(multiaddr(theirs.address(transport)))
      expect(connection.remotePeer.toString()).toBe(theirs.peerId)
      expect(connection.encryption).toBe(security)
      expect(connection.multiplexer).toBe(muxer)
    })

    it('refuses a peer that is not the one it named', async () => {
      const { addr, peerId } = await namingAnother(theirs.address(transport))
      await expect(ours.dial(multiaddr(addr))).rejects.toThrow(`${peerId} was expected`)
    })

    it('identifies', async () => {
      const [connection] = ours.getConnections()
      const result = await ours.services.identify.identify(connection!)
      expect(result.peerId.toString()).toBe(theirs.peerId)
      expect(result.agentVersion).toMatch(conversation.agentVersion)
      expect(result.protocolVersion).toBe('ipfs/0.1.0')
      expect(result.publicKey).toEqual(publicKeyToProtobuf(connection!.remotePeer.publicKey!))
      expect(result.protocols).toContain(ECHO)
      expect(result.listenAddrs.map(String)).toContain(theirs.address(transport).replace(/\/p2p\/.*/, ''))
      expect(result.observedAddr?.toString()).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)
      expect(result.signedPeerRecord?.addresses.length).toBeGreaterThan(0)
    })

    it('pings', async () => {
      expect(await ours.services.ping.ping(multiaddr(theirs.address(transport)))).toBeGreaterThan(0)
    })

    it('echoes 10 MB in random chunks', async () => {
      expect(await echo(await open(ECHO), TEN_MB)).toEqual({ bytes: TEN_MB, equal: true })
    })

    it('reads on after closing its own writing', async () => {
      const stream = await open(COUNT)
      await writeZeros(stream, 1_000_000)
      await stream.close()
      expect(new TextDecoder().decode(await readAll(stream))).toBe('1000000')
    })

    it('writes on after the peer closed its writing', async () => {
      const before = ((await theirs.call('stats')).received as number) ?? 0
      const stream = await open(GREET)
      expect(new TextDecoder().decode(await readAll(stream))).toBe('hello')
      await writeZeros(stream, 200_000)
      await stream.close()
      await eventually(async () => expect((await theirs.call('stats')).received).toBe(before + 200_000))
    })

    it.each(RESETS)('sees a reset with %s', async (_, code) => {
      const stream = await open(RESET)
      stream.send(Uint8Array.of(code))
      const seen: { remoteCode?: number } = await readAll(stream).then(
        () => expect.unreachable('no reset'),
        err => err
      )
      expect(seen).toMatchObject({ name: 'StreamResetError' })
      expect(seen.remoteCode ?? 0).toBe(conversation.carriesCodes ? code : 0)
      expect(stream.status).toBe('reset')
    })

    it.each(RESETS)('shows its abort with %s', async (_, code) => {
      const before = (await theirs.call('stats')).resets as number
      const stream = await open(ECHO)
      stream.send(Uint8Array.of(1))
      for await (const _ of stream) break
      stream.abort(resetError(code))
      await eventually(async () => expect((await theirs.call('stats')).resets).toBe(before + 1))
      const { codes = [] } = (await theirs.call('stats')) as { codes?: number[] }
      expect(codes.at(-1)).toBe(conversation.carriesCodes ? code : undefined)
    })

    it('runs 200 streams at once', async () => {
      const results = await Promise.all(Array.from({ length: 200 }, async () => echo(await open(ECHO), 20_000)))
      expect(results).toEqual(Array.from({ length: 200 }, () => ({ bytes: 20_000, equal: true })))
    })

    it('measures both ways', async () => {
      for (const [up, down] of [
        [TEN_MB, 0],
        [0, TEN_MB]
      ] as const) {
        const steps = []
        const target = multiaddr(theirs.address(transport))
        for await (const step of ours.services.perf.measurePerformance(target, up, down)) steps.push(step)
        expect(steps.at(-1)).toMatchObject({ type: 'final', uploadBytes: up, downloadBytes: down })
      }
    })
  })

  describe('they dial', () => {
    // What we dialed would serve them too.
    beforeAll(async () => {
      await Promise.all(ours.getConnections().map(connection => connection.close()))
      await eventually(async () => expect((await theirs.call('connections')).count).toBe(0))
    })

    it('connects to the peer it named, with the security and muxer configured', async () => {
      const peerId = ours.peerId.toString()
      expect(await theirs.call('dial', { addr: ourAddr() })).toEqual({
        ...{ peerId, security, muxer },
        ...conversation.theirDial
      })
      expect(ours.getConnections().map(connection => connection.direction)).toEqual(['inbound'])
    })

    it('refuses us under another name', async () => {
      const { addr, peerId } = await namingAnother(ourAddr())
      await expect(theirs.call('dial', { addr })).rejects.toThrow(conversation.refusal ?? new RegExp(peerId))
    })

    it('identifies', async () => {
      const result = await theirs.call('identify', { addr: ourAddr() })
      expect(result.peerId).toBe(ours.peerId.toString())
      expect(result.agentVersion).toMatch(/ts-libp2p/)
      expect(result.protocolVersion).toBe('ipfs/0.1.0')
      expect(result.protocols).toContain(ECHO)
      expect(result.listenAddrs).toContain(ourAddr().replace(/\/p2p\/.*/, ''))
      const seen = ours.getConnections().map(connection => connection.remoteAddr.toString())
      expect(seen).toContain(result.observedAddr)
      const { readsOurRecord = true } = conversation
      expect(result.signedAddrs).toEqual(readsOurRecord ? result.listenAddrs : null)
    })

    it('pings', async () => {
      expect((await theirs.call('ping', { addr: ourAddr() })).rttMs).toEqual(expect.any(Number))
    })

    it('echoes 10 MB in random chunks', async () => {
      expect(await theirs.call('echo', { addr: ourAddr(), bytes: TEN_MB })).toEqual({ bytes: TEN_MB, equal: true })
    })

    it('half-closes each way', async () => {
      expect(await theirs.call('count', { addr: ourAddr(), bytes: 1_000_000 })).toEqual({ count: 1_000_000 })
      const before = stats.received
      expect(await theirs.call('greet', { addr: ourAddr(), bytes: 200_000 })).toEqual({ greeting: 'hello' })
      await eventually(() => expect(stats.received).toBe(before + 200_000))
    })

    it.each(RESETS)('sees our reset with %s', async (_, code) => {
      expect(await theirs.call('reset', { addr: ourAddr(), code })).toEqual(conversation.ourReset(code))
    })

    it.each(RESETS)('resets with %s, and we see it', async (_, code) => {
      const before = stats.resets.length
      await theirs.call('sendReset', { addr: ourAddr(), code })
      await eventually(() => expect(stats.resets).toHaveLength(before + 1))
      expect(stats.resets.at(-1)).toBe(conversation.carriesCodes ? code : 0)
    })

    it('runs 200 streams at once', async () => {
      expect(await theirs.call('parallel', { addr: ourAddr(), streams: 200, bytes: 20_000 })).toEqual({
        equal: true,
        streams: 200
      })
    })

    it('measures both ways', async () => {
      expect(await theirs.call('perf', { addr: ourAddr(), up: TEN_MB, down: 0 })).toMatchObject({ received: 0 })
      expect(await theirs.call('perf', { addr: ourAddr(), up: 0, down: TEN_MB })).toMatchObject({ received: TEN_MB })
    })
  })
}

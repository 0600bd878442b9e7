import type { Stream } from '@libp2p/interface'
import {
  answerTestProtocols,
  COUNT,
  ECHO,
  echo,
  GREET,
  MANY,
  RESET,
  readAll,
  type TestStats,
  writeZeros
} from '@ts-libp2p/interop-harness'
import { activeHandles, handlesReleased } from '@ts-libp2p/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AnyNode } from './nodes.ts'

const ONE_MB = 1024 * 1024

/** js-libp2p leaves some running when it stops, also without any module of ours; ours never keep the process alive. */
const TIMERS_OF_JS_LIBP2P: string[] = Array.from({ length: 256 }, () => 'Timeout')

/** What one side did is seen by the other some time later; longer on a busy machine. */
const eventually = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

/** What a connection says that it runs on. */
export interface Agreed {
  encryption?: string
  multiplexer?: string
}

interface Side {
  readonly node: AnyNode
  readonly stats: TestStats
}

export interface TalkOptions {
  agreed?: Agreed
  /** js-libp2p's TLS drops what waits in it when a node hangs up, also between two js-libp2p nodes: its side waits. */
  cutsOff?: 'the other'
}

/** All cases of two nodes, inside a `describe`: the one dials, then the other. */
export function talk(start: () => Promise<[AnyNode, AnyNode]>, { agreed = {}, cutsOff }: TalkOptions = {}): void {
  const sides: Side[] = []
  let before: string[] = []

  beforeAll(async () => {
    before = [...activeHandles(), ...TIMERS_OF_JS_LIBP2P]
    for (const node of await start()) sides.push({ node, stats: await answerTestProtocols(node) })
  })
  afterAll(async () => {
    for (const { node } of sides) await node.stop()
  })

  describe('dials', () => cases(() => [sides[0]!, sides[1]!], agreed, false))
  describe('is dialled', () => cases(() => [sides[1]!, sides[0]!], agreed, cutsOff === 'the other'))

  it('stops, and leaves nothing open', async () => {
    for (const { node } of sides) await node.stop()
    await handlesReleased(before)
  })
}

function cases(sides: () => [from: Side, to: Side], agreed: Agreed, waits: boolean): void {
  const open = (protocol: string): Promise<Stream> => {
    const [from, to] = sides()
    return from.node.dialProtocol(to.node.getMultiaddrs(), protocol, MANY)
  }

  beforeAll(async () => {
    // What the other side dialled would serve this one too.
    const [from, to] = sides()
    await from.node.hangUp(to.node.peerId)
    await eventually(() => expect(to.node.getConnections()).toEqual([]))
  })

  it('connects to the peer it named, with the modules given', async () => {
    const [from, to] = sides()
    const connection = await from.node.dial(to.node.getMultiaddrs())
    expect(connection.remotePeer.toString()).toBe(to.node.peerId.toString())
    expect(connection).toMatchObject(agreed)
    await eventually(() => expect(to.node.getConnections()).toMatchObject([{ direction: 'inbound', ...agreed }]))
  })

  it('is identified, and identifies', async () => {
    const [from, to] = sides()
    for (const [one, other] of [
      [from.node, to.node],
      [to.node, from.node]
    ] as const) {
      await eventually(async () => {
        const peer = await one.peerStore.get(other.peerId)
        expect([...peer.protocols].sort()).toEqual(expect.arrayContaining([...other.getProtocols()].sort()))
        expect(peer.metadata.get('AgentVersion')).toBeDefined()
        expect(peer.peerRecordEnvelope).toBeDefined()
        expect(peer.addresses.map(a => a.multiaddr.toString())).toEqual(
          expect.arrayContaining(other.getMultiaddrs().map(ma => ma.decapsulateCode(421).toString()))
        )
      })
    }
  })

  it('hears by identify push what the other side answers now', async () => {
    const [from, to] = sides()
    const protocol = `/dropin/new/${from.node.peerId}`
    await to.node.handle(protocol, () => {})
    await eventually(async () => expect((await from.node.peerStore.get(to.node.peerId)).protocols).toContain(protocol))
  })

  it('pings', async () => {
    const [from, to] = sides()
    expect(await from.node.services.ping.ping(to.node.getMultiaddrs())).toBeGreaterThanOrEqual(0)
  })

  it('echoes 1 MB in random chunks', async () => {
    expect(await echo(await open(ECHO), ONE_MB)).toEqual({ bytes: ONE_MB, equal: true })
  })

  it('reads on after closing its own writing', async () => {
    const stream = await open(COUNT)
    await writeZeros(stream, 300_000)
    await stream.close()
    expect(new TextDecoder().decode(await readAll(stream))).toBe('300000')
  })

  it('writes on after the other side closed its writing', async () => {
    const [, to] = sides()
    const before = to.stats.received
    const stream = await open(GREET)
    expect(new TextDecoder().decode(await readAll(stream))).toBe('hello')
    await writeZeros(stream, 200_000)
    await stream.close()
    await eventually(() => expect(to.stats.received).toBe(before + 200_000))
  })

  it('sees a reset as a reset', async () => {
    const stream = await open(RESET)
    stream.send(Uint8Array.of(1))
    await expect(readAll(stream)).rejects.toMatchObject({ name: 'StreamResetError' })
    expect(stream.status).toBe('reset')
  })

  it('shows its abort as a reset', async () => {
    const [, to] = sides()
    const before = to.stats.resets.length
    const stream = await open(ECHO)
    stream.send(Uint8Array.of(1))
    for await (const _ of stream) break
    stream.abort(new Error('enough'))
    await eventually(() => expect(to.stats.resets).toHaveLength(before + 1))
  })

  it('runs 50 streams at once', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, async () => echo(await open(ECHO), 20_000)))
    expect(results).toEqual(Array.from({ length: 50 }, () => ({ bytes: 20_000, equal: true })))
  })

  it(`delivers what was sent before it hung up${waits ? ', if it waits' : ''}`, async () => {
    const [from, to] = sides()
    const before = to.stats.received
    const stream = await open(GREET)
    await readAll(stream)
    await writeZeros(stream, 100_000)
    await stream.close()
    if (waits) await eventually(() => expect(to.stats.received).toBe(before + 100_000))
    await from.node.hangUp(to.node.peerId)
    await eventually(() => expect(to.stats.received).toBe(before + 100_000))
    await eventually(() => expect(to.node.getConnections()).toEqual([]))
  })
}

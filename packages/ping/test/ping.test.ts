import { concat, fromHex } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { StreamReader } from '@ts-libp2p/stream'
import {
  connectNodes,
  inVirtualTime,
  oneByte,
  peerNamed,
  settle,
  type TestConnection,
  TestNetwork,
  TestNode
} from '@ts-libp2p/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  INBOUND_IDLE_MS,
  KEEP_STREAM_MS,
  MAX_KEPT_STREAMS,
  MAX_WAITING_PINGS,
  PING_PROTOCOL,
  type Ping,
  type PingOptions,
  ping
} from '../src/index.ts'

let network: TestNetwork
let alice: TestNode
let bob: TestNode
let service: Ping

function nodeOf(name: string): TestNode {
  return new TestNode({ network, peerId: peerNamed(name), address: multiaddr(`/memory/${network.nodes.size}`) })
}

function started(node: TestNode, options?: PingOptions): Ping {
  const made = ping(options)(node)
  void made.start()
  return made
}

/** What Bob does with an inbound stream, in place of the protocol. */
function bobAnswers(answer: (stream: Stream) => void | Promise<void>): void {
  bob.handle(PING_PROTOCOL, answer, { maxInboundStreams: 2 })
}

function run<T>(promise: Promise<T>): Promise<T> {
  return inVirtualTime(network.clock, promise)
}

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return run(promise).then(
    () => expect.fail('it did not fail'),
    (err: Error) => err
  )
}

beforeEach(() => {
  network = new TestNetwork()
  alice = nodeOf('alice')
  bob = nodeOf('bob')
  service = started(alice)
})

describe('a ping', () => {
  it('takes one round trip, without the time of dialling', async () => {
    started(bob)
    network.latencyMs = 20.25
    expect(await run(service.ping(bob.peerId))).toBeCloseTo(40.5, 3)
    expect(await run(service.ping(bob.peerId))).toBeCloseTo(40.5, 3)
  })

  it('is 32 bytes of the node’s randomness, other ones each time', async () => {
    const heard: Uint8Array[] = []
    bobAnswers(async stream => {
      const reader = new StreamReader(stream)
      for (;;) {
        const block = await reader.read(32)
        heard.push(block)
        stream.send(block)
      }
    })
    await run(service.ping(bob.peerId))
    await run(service.ping(bob.peerId))
    expect(heard.map(block => block.byteLength)).toEqual([32, 32])
    expect(heard[0]).not.toEqual(heard[1])
  })

  it('uses one stream for all pings over a connection', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await run(service.measure(bob.peerId, { count: 5 }))
    expect(connection.opened).toEqual([PING_PROTOCOL])
  })

  it('waits for those before it', async () => {
    started(bob)
    network.latencyMs = 10
    const [connection] = connectNodes(alice, bob)
    const start = network.clock.now()
    const samples = await run(Promise.all([1, 2, 3].map(() => service.ping(bob.peerId))))
    expect(samples).toEqual([20, 20, 20])
    expect(network.clock.now() - start).toBe(60)
    expect(connection.opened).toHaveLength(1)
  })

  it('works over links that deliver single bytes', async () => {
    started(bob)
    network.wire = { chop: oneByte }
    expect(await run(service.ping(bob.peerId))).toBeGreaterThanOrEqual(0)
  })

  it('opens another stream when the remote ended the one that was kept', async () => {
    const streams: Stream[] = []
    bobAnswers(async stream => {
      streams.push(stream)
      const reader = new StreamReader(stream)
      stream.send(await reader.read(32))
      await stream.close()
    })
    await run(service.ping(bob.peerId))
    await run(service.ping(bob.peerId))
    expect(streams).toHaveLength(2)
  })

  it('opens another stream when the kept one turns out to be dead', async () => {
    let streams = 0
    bobAnswers(async stream => {
      streams++
      const reader = new StreamReader(stream)
      stream.send(await reader.read(32))
      await reader.read(32)
      stream.abort(new Error('long enough'))
    })
    for (let i = 0; i < 3; i++) await run(service.ping(bob.peerId))
    expect(streams).toBe(3)
  })
})

describe('a ping fails', () => {
  const cases: [string, string, (stream: Stream) => void | Promise<void>][] = [
    ['mismatch', 'the echo has other bytes', async stream => void stream.send(new Uint8Array(32))],
    ['stream-failed', 'the remote closes', stream => stream.close()],
    [
      'stream-failed',
      'the remote closes within the echo',
      async stream => {
        stream.send(new Uint8Array(31))
        await stream.close()
      }
    ],
    ['stream-failed', 'the remote resets', stream => stream.abort(new Error('no'))],
    ['timeout', 'nothing comes', () => {}],
    ['timeout', 'only 31 bytes come', stream => void stream.send(new Uint8Array(31))]
  ]
  it.each(cases)('%s: %s', async (code, _, answer) => {
    bobAnswers(answer)
    const err = await failure(service.ping(bob.peerId))
    expect([err.name, err.code]).toEqual(['PingError', code])
    expect(err.message).toContain('bob')
    expect(alice.open[0]?.count(PING_PROTOCOL, 'outbound')).toBe(0)
    expect(alice.open[0]?.status).toBe('open')
  })

  it('after ten seconds, or as told', async () => {
    bobAnswers(() => {})
    const start = network.clock.now()
    await failure(service.ping(bob.peerId))
    expect(network.clock.now() - start).toBe(10_000)
    await failure(started(alice, { timeoutMs: 70 }).ping(bob.peerId))
    expect(network.clock.now() - start).toBe(10_070)
  })

  it('with the signal’s own reason', async () => {
    bobAnswers(() => {})
    const controller = new AbortController()
    const result = failure(service.ping(bob.peerId, { signal: controller.signal }))
    await settle()
    controller.abort(new Error('enough'))
    expect((await result).message).toBe('enough')
    expect(network.clock.pendingTimers).toBe(0)
  })

  it('with an UnsupportedProtocolError where the remote does not speak it', async () => {
    expect((await failure(service.ping(bob.peerId))).name).toBe('UnsupportedProtocolError')
  })

  it('with a NotStartedError outside of start and stop', async () => {
    started(bob)
    await service.stop()
    expect((await failure(service.ping(bob.peerId))).name).toBe('NotStartedError')
  })

  it('when too many wait already', async () => {
    bobAnswers(() => {})
    connectNodes(alice, bob)
    const pings = Array.from({ length: MAX_WAITING_PINGS + 2 }, () => service.ping(bob.peerId))
    const outcomes = await run(Promise.allSettled(pings))
    const codes = outcomes.map(outcome => (outcome as PromiseRejectedResult).reason.code)
    expect(codes.filter(code => code === 'too-many')).toHaveLength(1)
    expect(codes.filter(code => code === 'timeout')).toHaveLength(MAX_WAITING_PINGS + 1)
  })

  it('without harm to those that wait behind it', async () => {
    let isFirst = true
    bobAnswers(async stream => {
      const wasFirst = isFirst
      isFirst = false
      const block = await new StreamReader(stream).read(32)
      stream.send(wasFirst ? block.toReversed() : block)
    })
    connectNodes(alice, bob)
    const pings = [service.ping(bob.peerId), service.ping(bob.peerId)]
    const [first, second] = await run(Promise.allSettled(pings))
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'mismatch' } })
    expect(second?.status).toBe('fulfilled')
  })
})

describe('kept streams', () => {
  it('are closed when unused', async () => {
    started(bob)
    const [connection, far] = connectNodes(alice, bob)
    await run(service.ping(bob.peerId))
    await network.clock.advance(KEEP_STREAM_MS - 1)
    expect(connection.streams).toHaveLength(1)
    await network.clock.advance(1)
    expect([...connection.streams, ...far.streams]).toEqual([])
  })

  it('are aborted when the remote leaves its end open', async () => {
    bobAnswers(async stream => void stream.send(await new StreamReader(stream).read(32)))
    const [connection] = connectNodes(alice, bob)
    await run(service.ping(bob.peerId))
    await network.clock.advance(KEEP_STREAM_MS + 10_000)
    expect(connection.streams).toEqual([])
  })

  it('are bounded over all connections', async () => {
    const peers = Array.from({ length: MAX_KEPT_STREAMS + 3 }, (_, i) => nodeOf(`${1000 + i}`))
    for (const peer of peers) {
      started(peer)
      await run(service.ping(peer.peerId))
    }
    await settle()
    const kept = alice.open.map(connection => connection.streams.length)
    expect(kept.slice(0, 4)).toEqual([0, 0, 0, 1])
    expect(kept.reduce((a, b) => a + b)).toBe(MAX_KEPT_STREAMS)
  })

  it('end with the service, which may start again', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await run(service.ping(bob.peerId))
    await service.stop()
    await service.stop()
    await settle()
    expect(connection.streams).toEqual([])
    expect([alice.registrations, network.clock.pendingTimers]).toEqual([0, 0])
    await service.start()
    await service.start()
    expect(await run(service.ping(bob.peerId))).toBe(0)
  })

  it('end pings under way when the service stops', async () => {
    bobAnswers(() => {})
    const result = failure(service.ping(bob.peerId))
    await settle()
    await service.stop()
    expect((await result).name).toBe('AbortError')
  })
})

describe('the answering side', () => {
  let connection: TestConnection
  let far: TestConnection

  beforeEach(() => {
    started(bob)
    ;[connection, far] = connectNodes(alice, bob)
  })

  const block = fromHex('00112233445566778899aabbccddeeff'.repeat(2))

  it('echoes blocks of 32 bytes in any chunking', async () => {
    const stream = await connection.newStream(PING_PROTOCOL)
    const reader = new StreamReader(stream)
    stream.send(block.subarray(0, 31))
    await settle()
    expect(stream.readBufferLength).toBe(0)
    stream.send(concat([block.subarray(31), block, block.subarray(0, 7)]))
    expect(await reader.read(64)).toEqual(concat([block, block]))
    stream.send(block.subarray(7))
    expect(await reader.read(32)).toEqual(block)
    await stream.close()
    expect(await reader.readToEnd()).toHaveLength(0)
    expect(far.streams).toEqual([])
  })

  it('aborts a stream that ends within a block', async () => {
    const stream = await connection.newStream(PING_PROTOCOL)
    stream.send(block.subarray(0, 31))
    await stream.close()
    await settle()
    expect(stream.status).toBe('reset')
  })

  it('refuses a third stream on a connection', async () => {
    const streams = []
    for (let i = 0; i < 3; i++) streams.push(await connection.newStream(PING_PROTOCOL))
    await settle()
    expect(streams.map(stream => stream.status)).toEqual(['open', 'open', 'reset'])
  })

  it('answers over limited connections', async () => {
    const carol = nodeOf('carol')
    started(carol)
    connectNodes(alice, carol, { limits: { seconds: 60 } })
    expect(await run(service.ping(carol.peerId))).toBe(0)
  })

  it('gives up a stream without pings', async () => {
    const stream = await connection.newStream(PING_PROTOCOL)
    await network.clock.advance(2 * INBOUND_IDLE_MS)
    expect(stream.status).toBe('reset')
  })

  it('does not read on from a peer that does not read its echoes', async () => {
    const stream = await connection.newStream(PING_PROTOCOL)
    const flood = new Uint8Array(64 * 1024)
    let sent = 0
    while (sent < 64 * 1024 * 1024) {
      sent += flood.byteLength
      if (stream.send(flood)) continue
      await settle()
      if (stream.writableNeedsDrain) break
    }
    expect(sent).toBeLessThan(8 * 1024 * 1024)
    expect(stream.status).toBe('open')
  })

  it('ends its streams with the service', async () => {
    const carol = nodeOf('carol')
    const carols = started(carol)
    const stream = await connectNodes(alice, carol)[0].newStream(PING_PROTOCOL)
    await settle()
    await carols.stop()
    await settle()
    expect(stream.status).toBe('reset')
  })
})

describe('measure', () => {
  it('sums up', async () => {
    started(bob)
    const delays = [10, 40, 20, 30]
    let at = 0
    network.wire = { latencyMs: () => (delays[(at++ >> 1) % 4] as number) / 2 }
    expect(await run(service.measure(bob.peerId, { count: 4 }))).toEqual({
      samplesMs: [10, 40, 20, 30],
      minMs: 10,
      medianMs: 25,
      maxMs: 40
    })
  })

  it.each([0, -1, 1.5, 1001, Number.NaN])('refuses a count of %s', async count => {
    expect((await failure(service.measure(bob.peerId, { count }))).name).toBe('InvalidParametersError')
  })
})

describe('pings at intervals', () => {
  it('find dead connections and leave the others', async () => {
    const [carol, dave, eve] = [nodeOf('carol'), nodeOf('dave'), nodeOf('eve')]
    started(carol)
    bobAnswers(() => {})
    const [dead] = connectNodes(alice, bob)
    const [alive] = connectNodes(alice, carol)
    const [silent] = connectNodes(alice, dave)
    const [limited] = connectNodes(alice, eve, { limits: { bytes: 1000n } })
    const checking = started(nodeless(), { intervalMs: 15_000 })
    await network.clock.advance(60_000)
    expect(dead.error).toMatchObject({ name: 'PingError', code: 'timeout' })
    expect([alive, silent, limited].map(c => c.status)).toEqual(['open', 'open', 'open'])
    expect([alive, silent, limited].map(c => c.opened.length)).toEqual([1, 1, 0])
    await checking.stop()
    await network.clock.advance(60_000)
    expect(alive.opened).toHaveLength(1)
    expect(network.clock.pendingTimers).toBe(0)
  })

  it('are off unless asked for', async () => {
    started(bob)
    const [connection] = connectNodes(alice, bob)
    await network.clock.advance(600_000)
    expect(connection.opened).toEqual([])
  })

  /** Alice, with the service of `beforeEach` stopped. */
  function nodeless(): TestNode {
    void service.stop()
    return alice
  }
})

describe('options', () => {
  it.each([
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { maxInboundStreams: 0 },
    { maxInboundStreams: 1.5 },
    { intervalMs: -1 }
  ])('refuses %o', options => {
    expect(() => ping(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})

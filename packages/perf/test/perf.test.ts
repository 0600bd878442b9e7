import { concat, fromHex } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { StreamReader } from '@ts-libp2p/stream'
import {
  chopped,
  collect,
  connectNodes,
  inVirtualTime,
  oneByte,
  peerNamed,
  SeededRandom,
  settle,
  type TestConnection,
  TestNetwork,
  TestNode,
  type WireOptions
} from '@ts-libp2p/testing'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  MAX_INBOUND_STREAMS,
  type MeasurePerformanceOptions,
  PERF_PROTOCOL,
  type Perf,
  type PerfOptions,
  type PerfReport,
  perf,
  STALL_TIMEOUT_MS
} from '../src/index.ts'

const MIB = 1024 * 1024

let network: TestNetwork
let alice: TestNode
let bob: TestNode
let client: Perf

function nodeOf(name: string): TestNode {
  return new TestNode({ network, peerId: peerNamed(name), address: multiaddr(`/memory/${network.nodes.size}`) })
}

function started(node: TestNode, options?: PerfOptions): Perf {
  const made = perf(options)(node)
  void made.start()
  return made
}

async function reportsOf(up: number, down: number, options?: MeasurePerformanceOptions): Promise<PerfReport[]> {
  const reports: PerfReport[] = []
  for await (const report of client.measurePerformance(bob.peerId, up, down, options)) reports.push(report)
  return reports
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
  client = started(alice)
})

describe('the server', () => {
  let connection: TestConnection

  async function ask(request: Uint8Array[], options: PerfOptions = {}): Promise<Uint8Array> {
    started(bob, options)
    ;[connection] = connectNodes(alice, bob)
    const stream = await connection.newStream(PERF_PROTOCOL)
    for (const part of request) {
      stream.send(part)
      await settle()
    }
    await stream.close()
    return collect(stream)
  }

  const five = fromHex('00 00 00 00 00 00 00 05')

  it.each<[string, Uint8Array[], number]>([
    ['a request alone', [five], 5],
    ['a request in single bytes', [...five].map(byte => Uint8Array.of(byte)), 5],
    ['a request and an upload in one piece', [concat([five, new Uint8Array(1000)])], 5],
    ['a request cut across an upload', [five.subarray(0, 3), concat([five.subarray(3), new Uint8Array(1000)])], 5],
    ['a request for nothing', [new Uint8Array(8), new Uint8Array(10)], 0],
    ['big-endian numbers', [fromHex('00 00 00 00 00 01 00 01')], 65_537]
  ])('answers %s', async (_, request, length) => {
    expect(await ask(request)).toEqual(new Uint8Array(length))
  })

  it('answers only once the upload has ended', async () => {
    started(bob)
    ;[connection] = connectNodes(alice, bob)
    const stream = await connection.newStream(PERF_PROTOCOL)
    stream.send(concat([five, new Uint8Array(100)]))
    await settle()
    expect(stream.readBufferLength).toBe(0)
    await stream.close()
    expect(await collect(stream)).toHaveLength(5)
  })

  it.each<[string, Uint8Array, PerfOptions]>([
    ['a stream without a request', new Uint8Array(0), {}],
    ['half a request', five.subarray(0, 7), {}],
    ['more than 2^53 - 1 bytes', fromHex('00 20 00 00 00 00 00 00'), {}],
    ['more than it allows', five, { maxDownloadBytes: 4 }]
  ])('refuses %s', async (_, request, options) => {
    await expect(ask([request], options)).rejects.toMatchObject({ name: 'StreamResetError' })
  })

  it('refuses before the upload, not after', async () => {
    started(bob, { maxDownloadBytes: 4 })
    ;[connection] = connectNodes(alice, bob)
    const stream = await connection.newStream(PERF_PROTOCOL)
    stream.send(five)
    await settle()
    expect(stream.status).toBe('reset')
  })

  it('gives a transfer so much time and no more', async () => {
    started(bob, { maxDurationMs: 50_000 })
    ;[connection] = connectNodes(alice, bob)
    const stream = await connection.newStream(PERF_PROTOCOL)
    for (let ms = 0; ms < 50_000; ms += 10_000) {
      stream.send(five)
      await network.clock.advance(9_999)
      expect(stream.status).toBe('open')
      await network.clock.advance(1)
    }
    expect(stream.status).toBe('reset')
    expect(network.clock.pendingTimers).toBe(0)
  })

  it('gives up a silent client', async () => {
    started(bob)
    ;[connection] = connectNodes(alice, bob)
    const stream = await connection.newStream(PERF_PROTOCOL)
    stream.send(five)
    await network.clock.advance(2 * STALL_TIMEOUT_MS)
    expect(stream.status).toBe('reset')
  })

  it('holds little for a client that does not read', async () => {
    started(bob)
    const [there, back] = connectNodes(alice, bob)
    const stream = await there.newStream(PERF_PROTOCOL)
    stream.send(fromHex('00 00 00 00 3b 9a ca 00'))
    await stream.close()
    await settle()
    const serving = back.streams[0] as Stream
    expect(serving.status).toBe('open')
    expect(serving.writeBufferLength).toBeGreaterThan(0)
    expect(serving.writeBufferLength).toBeLessThan(MIB)
    await network.clock.advance(2 * STALL_TIMEOUT_MS)
    expect(stream.status).toBe('reset')
  })

  it('serves some streams of a connection at once', async () => {
    started(bob)
    ;[connection] = connectNodes(alice, bob)
    const streams: Stream[] = []
    for (let i = 0; i <= MAX_INBOUND_STREAMS; i++) streams.push(await connection.newStream(PERF_PROTOCOL))
    await settle()
    expect(streams.filter(stream => stream.status === 'open')).toHaveLength(MAX_INBOUND_STREAMS)
  })

  it('ends its transfers with the service', async () => {
    const server = started(bob)
    ;[connection] = connectNodes(alice, bob)
    const stream = await connection.newStream(PERF_PROTOCOL)
    await settle()
    await server.stop()
    await server.stop()
    await settle()
    expect(stream.status).toBe('reset')
    expect(bob.registrations).toBe(0)
  })
})

describe('a measurement', () => {
  it('reports connection, stream and the whole, the time of connecting included', async () => {
    started(bob)
    network.latencyMs = 50
    expect(await run(reportsOf(1, 1))).toEqual([
      { type: 'connection', timeSeconds: 0.1, uploadBytes: 0, downloadBytes: 0 },
      { type: 'stream', timeSeconds: 0, uploadBytes: 0, downloadBytes: 0 },
      { type: 'final', timeSeconds: 0.2, uploadBytes: 1, downloadBytes: 1 }
    ])
  })

  it('reports what passed, once per second, and the sums agree', async () => {
    started(bob)
    network.latencyMs = 100
    const progress: PerfReport[] = []
    const reports = await run(reportsOf(20 * MIB, 10 * MIB, { onProgress: report => progress.push(report) }))
    expect(progress).toEqual(reports)
    const steps = reports.filter(report => report.type === 'intermediary')
    expect(steps.length).toBeGreaterThan(2)
    expect(new Set(steps.map(step => step.timeSeconds))).toEqual(new Set([1]))
    const final = reports.at(-1) as PerfReport
    expect(final).toMatchObject({ type: 'final', uploadBytes: 20 * MIB, downloadBytes: 10 * MIB })
    const uploaded = steps.reduce((sum, step) => sum + step.uploadBytes, 0)
    expect(uploaded).toBe(20 * MIB)
    expect(final.timeSeconds).toBeGreaterThan(steps.length)
  })

  it('moves 50 MB each way with little held anywhere', async () => {
    started(bob)
    let most = 0
    const intercept: WireOptions['intercept'] = ({ bytes }) => {
      for (const connection of [...alice.open, ...bob.open]) {
        for (const stream of connection.streams) {
          most = Math.max(most, stream.readBufferLength + (stream.writeBufferLength ?? 0))
        }
      }
      return { bytes }
    }
    network.wire = { intercept }
    const reports = await run(reportsOf(50_000_000, 50_000_000))
    expect(reports.at(-1)).toMatchObject({ uploadBytes: 50_000_000, downloadBytes: 50_000_000 })
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(MIB)
  })

  it.each<[string, () => WireOptions]>([
    ['in single bytes', () => ({ chop: oneByte })],
    ['in odd pieces', () => ({ chop: chopped(new SeededRandom(7)) })],
    ['in lent buffers', () => ({ lendsBuffers: true })]
  ])('counts exactly what arrives %s', async (_, wire) => {
    started(bob)
    network.wire = wire()
    await fc.assert(
      fc.asyncProperty(fc.nat(2000), fc.nat(2000), async (up, down) => {
        const reports = await run(reportsOf(up, down))
        expect(reports.at(-1)).toMatchObject({ type: 'final', uploadBytes: up, downloadBytes: down })
      }),
      { numRuns: 20 }
    )
  })

  it('makes a connection of its own and closes it', async () => {
    started(bob)
    const [existing] = connectNodes(alice, bob)
    await run(reportsOf(10, 10))
    expect(existing.opened).toEqual([])
    expect(alice.open).toEqual([existing])
  })

  it('uses the existing one on demand', async () => {
    started(bob)
    const [existing] = connectNodes(alice, bob)
    await run(reportsOf(10, 10, { reuseExistingConnection: true }))
    expect(existing.opened).toEqual([PERF_PROTOCOL])
    expect(existing.status).toBe('open')
    expect(existing.streams).toEqual([])
  })

  it('takes an address too', async () => {
    started(bob)
    const reports = client.measurePerformance(bob.listenAddrs[0]!, 1, 1)
    expect((await run(reports.next())).value).toMatchObject({ type: 'connection' })
    await reports.return()
    expect(alice.open).toEqual([])
  })

  it('ends when its consumer leaves', async () => {
    started(bob)
    network.latencyMs = 100
    const left = (async () => {
      for await (const report of client.measurePerformance(bob.peerId, 1e12, 0))
        if (report.type === 'intermediary') break
    })()
    await run(left)
    await network.clock.advance(1000)
    expect([...alice.open, ...bob.open]).toEqual([])
    expect(network.clock.pendingTimers).toBe(0)
  })
})

describe('a measurement fails', () => {
  const served: [string, string, (stream: Stream) => Promise<void>][] = [
    ['wrong-length', 'too few bytes come', async stream => void stream.send(new Uint8Array(9))],
    ['wrong-length', 'too many bytes come', async stream => void stream.send(new Uint8Array(11))],
    ['stream-failed', 'the remote resets', async stream => stream.abort(new Error('no'))]
  ]
  it.each(served)('%s: %s', async (code, _, serve) => {
    bob.handle(PERF_PROTOCOL, async stream => {
      await new StreamReader(stream).readToEnd()
      await serve(stream)
      if (stream.status === 'open') await stream.close()
    })
    const err = await failure(reportsOf(100, 10))
    expect([err.name, err.code]).toEqual(['PerfError', code])
    await settle()
    expect(alice.open).toEqual([])
  })

  it('when the remote resets within the upload', async () => {
    bob.handle(PERF_PROTOCOL, stream => stream.abort(new Error('no')))
    const err = await failure(reportsOf(10 * MIB, 10))
    expect(err).toMatchObject({ code: 'stream-failed', cause: expect.anything() })
    expect(err.message).toContain('bob')
  })

  it('when the remote goes silent', async () => {
    bob.handle(PERF_PROTOCOL, () => {})
    const err = await failure(reportsOf(10, 10))
    expect(err).toMatchObject({ code: 'stream-failed' })
    expect(err.message).toContain('30000 ms')
  })

  it('when the remote does not speak the protocol', async () => {
    expect((await failure(reportsOf(10, 10))).name).toBe('UnsupportedProtocolError')
  })

  it('with the signal’s own reason', async () => {
    bob.handle(PERF_PROTOCOL, () => {})
    const controller = new AbortController()
    const result = failure(reportsOf(10, 10, { signal: controller.signal }))
    await settle()
    controller.abort(new Error('enough'))
    expect((await result).message).toBe('enough')
  })

  it('with the service', async () => {
    bob.handle(PERF_PROTOCOL, () => {})
    const result = failure(reportsOf(10, 10))
    await settle()
    await client.stop()
    expect((await result).name).toBe('AbortError')
    expect((await failure(reportsOf(1, 1))).name).toBe('NotStartedError')
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('for %s bytes', async bytes => {
    expect((await failure(reportsOf(bytes, 0))).name).toBe('InvalidParametersError')
    expect((await failure(reportsOf(0, bytes))).name).toBe('InvalidParametersError')
  })
})

describe('limited connections', () => {
  it.each([
    [false, 'stream-failed'],
    [true, 'final']
  ])('are used only where that is allowed: %s', async (runOnLimitedConnection, outcome) => {
    started(bob, { runOnLimitedConnection })
    await client.stop()
    client = started(alice, { runOnLimitedConnection })
    connectNodes(alice, bob, { limits: { bytes: 1_000_000n } })
    const result = run(reportsOf(1, 1, { reuseExistingConnection: true }))
    const got = await result.then(
      reports => reports.at(-1)?.type,
      (err: { code: string }) => err.code
    )
    expect(got).toBe(outcome)
  })
})

describe('options', () => {
  it.each([
    { maxDownloadBytes: -1 },
    { maxDownloadBytes: Number.NaN },
    { maxDurationMs: 0 },
    { maxInboundStreams: 0 },
    { maxInboundStreams: 1.5 }
  ])('refuses %o', options => {
    expect(() => perf(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})

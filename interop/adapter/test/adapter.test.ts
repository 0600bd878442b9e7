import { mkdtemp, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGoPeer, startJsPeer, startRustPeer } from '@ts-libp2p/interop-harness'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundle } from '../src/bundle.ts'
import { Program } from './program.ts'
import { freePort, Redis } from './redis.ts'

/** Redis is there at once; another implementation may have to be built first. */
const START_TIMEOUT_MS = 1_800_000

let folder: string
let file: string
let redis: Redis
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapter-'))
  file = join(folder, 'adapter.mjs')
  await bundle(file)
  redis = await Redis.start()
})
afterAll(async () => {
  await redis?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})
beforeEach(() => redis.client.flushAll())

type Variables = Readonly<Record<string, string>>

const run = (env: Variables, ...args: string[]): Program => new Program(file, env, args)

const testPlans = (isDialer: boolean, more: Variables = {}): Variables => ({
  ...{ transport: 'tcp', security: 'noise', muxer: 'yamux', ip: '127.0.0.1', redis_addr: redis.address },
  ...{ is_dialer: String(isDialer), test_timeout_seconds: '20' },
  ...more
})

const unified = (isDialer: boolean, more: Variables = {}): Variables => ({
  ...{ TRANSPORT: 'tcp', SECURE_CHANNEL: 'noise', MUXER: 'yamux', LISTENER_IP: '127.0.0.1', REDIS_ADDR: redis.address },
  ...{ IS_DIALER: String(isDialer), TEST_KEY: 'a5b50d5e', DEBUG: 'false', TEST_TIMEOUT_SECS: '20' },
  ...more
})

const combinations = ['tcp', 'ws'].flatMap(transport =>
  ['noise', 'tls'].flatMap(security => ['yamux', 'mplex'].map(muxer => [transport, security, muxer] as const))
)

describe('transport-interop of test-plans', () => {
  it.each(combinations)('pings over %s, %s, %s', async (transport, security, muxer) => {
    const combination = { transport, security, muxer }
    await using _ = run(testPlans(false, combination))
    const dialer = run(testPlans(true, combination))
    expect([await dialer.code, dialer.stderr]).toEqual([0, expect.stringMatching(/^dialing \/ip4\/127\.0\.0\.1.*\n$/)])
    expect(dialer.stdout.endsWith('\n')).toBe(true)
    const result = JSON.parse(dialer.stdout) as Record<string, number>
    expect(Object.keys(result)).toEqual(['handshakePlusOneRTTMillis', 'pingRTTMilllis'])
    expect(Object.values(result).every(ms => ms > 0)).toBe(true)
  })

  it('replaces what an earlier run has left', async () => {
    await redis.client.rPush('listenerAddr', '/ip4/127.0.0.1/tcp/1')
    await using listener = run(testPlans(false))
    await listener.says(/listening/)
    expect(await run(testPlans(true)).code).toBe(0)
  })

  it('waits for a Redis and a listener that come later', async () => {
    const port = await freePort()
    const dialer = run(testPlans(true, { redis_addr: `127.0.0.1:${port}` }))
    await using late = await Redis.start(port)
    await using _ = run(testPlans(false, { redis_addr: late.address }))
    expect(await dialer.code).toBe(0)
  })

  it('publishes an address that others can reach when it listens on all', async () => {
    await using listener = run(testPlans(false, { ip: '0.0.0.0' }))
    await listener.says(/listening/)
    const address = await redis.client.lPop('listenerAddr')
    const own = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])
    const others = own.filter(({ family, internal }) => family === 'IPv4' && !internal)
    const ips = others.length > 0 ? others.map(({ address }) => address) : ['127.0.0.1']
    expect(address).toMatch(/^\/ip4\/[^/]+\/tcp\/\d+\/p2p\/12D3Koo\w+$/)
    expect(ips).toContain(address?.split('/')[2])
  })

  it.each([
    ['js-libp2p', startJsPeer],
    ['go-libp2p', startGoPeer],
    ['rust-libp2p', startRustPeer]
  ])(
    'pings %s',
    async (_, start) => {
      await using peer = await start()
      await redis.client.rPush('listenerAddr', peer.address('tcp'))
      const dialer = run(testPlans(true))
      expect([await dialer.code, dialer.stdout]).toEqual([0, expect.stringContaining('"pingRTTMilllis":')])
    },
    START_TIMEOUT_MS
  )

  it('ends in good order when a listener is told to', async () => {
    const listener = run(testPlans(false))
    await listener.says(/listening/)
    expect([await listener.stop(), listener.stdout]).toEqual([0, ''])
  })
})

describe('transport of unified-testing', () => {
  it.each(combinations)('pings over %s, %s, %s', async (transport, security, muxer) => {
    const combination = { TRANSPORT: transport, SECURE_CHANNEL: security, MUXER: muxer }
    await using _ = run(unified(false, combination))
    const dialer = run(unified(true, combination))
    expect([await dialer.code, dialer.stderr]).toEqual([0, expect.stringMatching(/^dialing .*\n$/)])
    expect(dialer.stdout).toMatch(
      /^latency:\n {2}handshake_plus_one_rtt: \d+\.\d+\n {2}ping_rtt: \d+\.\d+\n {2}unit: ms\n$/
    )
  })

  it('takes an address that was pushed, or set as the guide says', async () => {
    await using listener = run(unified(false))
    await listener.says(/listening/)
    const key = 'a5b50d5e_listener_multiaddr'
    const address = await redis.client.lPop(key)
    await redis.client.set(key, address ?? '')
    expect(await run(unified(true)).code).toBe(0)
  })
})

describe('perf of unified-testing', () => {
  const plan = { UPLOAD_BYTES: '1000000', DOWNLOAD_BYTES: '2000000', UPLOAD_ITERATIONS: '4', LATENCY_ITERATIONS: '8' }

  it('measures upload, download and latency', async () => {
    await using listener = run(unified(false), 'perf')
    await listener.says(/listening/)
    expect(await redis.client.type('a5b50d5e_listener_multiaddr')).toBe('string')
    const dialer = run(unified(true, { ...plan, DOWNLOAD_ITERATIONS: 'null' }), 'perf')
    expect([await dialer.code, dialer.stderr]).toEqual([0, expect.stringMatching(/^dialing .*\n$/)])
    const sections = dialer.stdout.split(/^(?=\w)/m).map(section => section.split('\n').filter(line => line !== ''))
    expect(sections.map(([name, iterations, ...rest]) => [name, iterations, rest.at(-1)])).toEqual([
      ['upload:', '  iterations: 4', '  unit: Gbps'],
      ['download:', '  iterations: 10', '  unit: Gbps'],
      ['latency:', '  iterations: 8', '  unit: ms']
    ])
    for (const section of sections) {
      expect(section.map(line => line.trim().split(':')[0]).slice(2, -1)).toEqual([
        'min',
        'q1',
        'median',
        'q3',
        'max',
        'outliers',
        'samples'
      ])
    }
  })
})

describe('perf of test-plans', () => {
  let address: string
  let server: Program
  beforeAll(async () => {
    address = `127.0.0.1:${await freePort()}`
    server = run({}, '--run-server', '--server-address', address, '--transport', 'tcp')
    await server.says(/listening/)
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  it('ends with the whole transfer', async () => {
    const client = run({}, '--server-address', address, '--upload-bytes', '100000', '--download-bytes', '200000')
    expect(await client.code).toBe(0)
    const lines = client.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.at(-1)).toEqual({
      ...{ type: 'final', timeSeconds: expect.any(Number), uploadBytes: 100_000, downloadBytes: 200_000 }
    })
  })

  it('says every second how far it is, until it is cut off', async () => {
    const forever = String(Number.MAX_SAFE_INTEGER)
    await using client = run({}, '--server-address', address, '--transport', 'tcp', '--download-bytes', forever)
    await client.says(/\n/, 'stdout')
    expect(JSON.parse(client.stdout.split('\n')[0] as string)).toEqual({
      ...{ type: 'intermediary', timeSeconds: expect.any(Number), uploadBytes: 0, downloadBytes: expect.any(Number) }
    })
  })
})

describe('what it cannot do', () => {
  it.each<[string, number, RegExp, (port: number) => Program]>([
    [
      'a transport',
      2,
      /^transport is quic-v1; there are tcp, ws\n$/,
      () => run(testPlans(true, { transport: 'quic-v1' }))
    ],
    [
      'a transport of unified-testing',
      2,
      /^TRANSPORT is webtransport; /,
      () => run(unified(false, { TRANSPORT: 'webtransport' }))
    ],
    ['a transport in a flag', 2, /^--transport is quic/, () => run({}, '--run-server', '--transport', 'quic')],
    ['a channel', 2, /^security is plaintext; /, () => run(testPlans(true, { security: 'plaintext' }))],
    ['no channel', 2, /^SECURE_CHANNEL is not set/, () => run(unified(true, { SECURE_CHANNEL: '' }))],
    ['a muxer', 2, /^MUXER is quic; there are yamux, mplex/, () => run(unified(true, { MUXER: 'quic' }))],
    ['no test', 2, /^TEST_KEY is not set/, () => run(unified(true, { TEST_KEY: '' }))],
    ['no side', 2, /^is_dialer is maybe, not true or false/, () => run(testPlans(true, { is_dialer: 'maybe' }))],
    ['a count', 2, /^UPLOAD_BYTES is -1, not a count/, () => run(unified(true, { UPLOAD_BYTES: '-1' }), 'perf')],
    ['a flag', 2, /unknown option '--no-such/i, () => run({}, '--no-such')],
    ['an address', 2, /^--server-address is "localhost", /, () => run({}, '--server-address', 'localhost')],
    ['an argument', 2, /^not understood: relay/, () => run(testPlans(true), 'relay')],
    ['nothing', 2, /^neither flags, nor IS_DIALER or is_dialer/, () => run({})],
    [
      'no listener',
      1,
      /nobody published listenerAddr within 1 s/,
      () => run(testPlans(true, { test_timeout_seconds: '1' }))
    ],
    [
      'no Redis',
      1,
      /there is no Redis at /,
      port => run(testPlans(true, { test_timeout_seconds: '0', redis_addr: `127.0.0.1:${port}` }))
    ],
    [
      'no server',
      1,
      /could not connect/,
      port => run({}, '--server-address', `127.0.0.1:${port}`, '--upload-bytes', '1')
    ]
  ])('%s: exits with %i', async (_, code, message, start) => {
    const program = start(await freePort())
    expect([await program.code, program.stdout]).toEqual([code, ''])
    expect(program.stderr).toMatch(message)
  })

  it('fails when the listener is gone', async () => {
    await redis.client.rPush('listenerAddr', `/ip4/127.0.0.1/tcp/${await freePort()}`)
    const dialer = run(testPlans(true))
    expect([await dialer.code, dialer.stdout]).toEqual([1, ''])
    expect(dialer.stderr).toMatch(/could not connect/)
  })
})

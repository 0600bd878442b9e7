import { parseArgs } from 'node:util'
import type { GossipTask } from './gossip/run.ts'
import { MUXERS, SECURITY, type Stack, TRANSPORTS } from './stack.ts'

/** Where the two sides find each other. */
export interface Meeting {
  /** The Redis server, `host:port`. */
  redis: string
  key: string
  /** How the listener's address is kept: dialers take it from a list (`BLPOP`), those of unified perf read it (`GET`). */
  keep: 'list' | 'value'
  timeoutMs: number
}

export interface ListenTask {
  role: 'listen'
  stack: Stack
  meeting: Meeting
  ip: string
}

/** How often, and with how many bytes. */
export interface MeasurePlan {
  uploadBytes: number
  downloadBytes: number
  uploads: number
  downloads: number
  latencies: number
}

export interface DialTask {
  role: 'dial'
  stack: Stack
  meeting: Meeting
  /** What to do once connected: ping and report as JSON or YAML, or measure. */
  work: 'json' | 'yaml' | MeasurePlan
}

export interface PerfServerTask {
  role: 'perf-server'
  stack: Stack
  host: string
  port: number
}

export interface PerfClientTask {
  role: 'perf-client'
  stack: Stack
  host: string
  port: number
  uploadBytes: number
  downloadBytes: number
}

export type Task = ListenTask | DialTask | PerfServerTask | PerfClientTask | GossipTask

/** What was asked for is not understood, or not there. */
export class TaskError extends Error {}

type Variables = Readonly<Record<string, string | undefined>>

const DEFAULT_TIMEOUT_SECONDS = 180
const DEFAULT_ITERATIONS = 10
const DEFAULT_LATENCIES = 100
const GIB = 2 ** 30

/**
 * What the arguments and the environment ask for. Flags are those of test-plans' gossipsub-interop, with `--params`, or perf. Otherwise the environment says it:
 * test-plans in small letters, unified-testing in capitals, where the argument `perf` tells the two kinds apart, since a
 * listener's variables do not. Throws a `TaskError`.
 */
export function taskFor(args: readonly string[], env: Variables): Task {
  if (args.some(arg => /^--params(=|$)/.test(arg))) return gossipTask(args)
  if (args.some(arg => arg.startsWith('--'))) return perfProgramTask(args)
  const [kind = 'transport', ...more] = args
  if (more.length > 0 || !['transport', 'perf'].includes(kind)) throw new TaskError(`not understood: ${args.join(' ')}`)
  if (env.IS_DIALER !== undefined) return unifiedTask(kind === 'perf', env)
  if (env.is_dialer !== undefined && kind === 'transport') return testPlansTask(env)
  throw new TaskError('neither flags, nor IS_DIALER or is_dialer in the environment: see the README')
}

function testPlansTask(env: Variables): Task {
  const stack = {
    transport: oneOf('transport', env.transport, TRANSPORTS),
    security: oneOf('security', env.security, SECURITY),
    muxer: oneOf('muxer', env.muxer, MUXERS)
  }
  const meeting = {
    redis: env.redis_addr || 'redis:6379',
    key: 'listenerAddr',
    keep: 'list',
    timeoutMs: timeoutMs(env.test_timeout_seconds ?? env.test_timeout_secs)
  } as const
  if (yesOrNo('is_dialer', env.is_dialer)) return { role: 'dial', stack, meeting, work: 'json' }
  return { role: 'listen', stack, meeting, ip: env.ip || '0.0.0.0' }
}

function unifiedTask(isPerf: boolean, env: Variables): Task {
  const stack = {
    transport: oneOf('TRANSPORT', env.TRANSPORT, TRANSPORTS),
    security: oneOf('SECURE_CHANNEL', env.SECURE_CHANNEL, SECURITY),
    muxer: oneOf('MUXER', env.MUXER, MUXERS)
  }
  if (!env.TEST_KEY) throw new TaskError('TEST_KEY is not set')
  const meeting = {
    redis: env.REDIS_ADDR || (isPerf ? 'perf-redis:6379' : 'transport-redis:6379'),
    key: `${env.TEST_KEY}_listener_multiaddr`,
    keep: isPerf ? 'value' : 'list',
    timeoutMs: timeoutMs(env.TEST_TIMEOUT_SECS)
  } as const
  if (!yesOrNo('IS_DIALER', env.IS_DIALER)) return { role: 'listen', stack, meeting, ip: env.LISTENER_IP || '0.0.0.0' }
  return { role: 'dial', stack, meeting, work: isPerf ? measurePlan(env) : 'yaml' }
}

function measurePlan(env: Variables): MeasurePlan {
  return {
    uploadBytes: count('UPLOAD_BYTES', env.UPLOAD_BYTES, GIB),
    downloadBytes: count('DOWNLOAD_BYTES', env.DOWNLOAD_BYTES, GIB),
    uploads: count('UPLOAD_ITERATIONS', env.UPLOAD_ITERATIONS, DEFAULT_ITERATIONS),
    downloads: count('DOWNLOAD_ITERATIONS', env.DOWNLOAD_ITERATIONS, DEFAULT_ITERATIONS),
    latencies: count('LATENCY_ITERATIONS', env.LATENCY_ITERATIONS, DEFAULT_LATENCIES)
  }
}

function gossipTask(args: readonly string[]): GossipTask {
  const text = { type: 'string' } as const
  const { params = '', 'node-id': nodeId, hosts } = flagsOf(args, { params: text, 'node-id': text, hosts: text })
  if (nodeId === undefined && hosts === undefined) return { role: 'gossip', params }
  if (!/^\d+$/.test(nodeId ?? '')) throw new TaskError(`--node-id is "${nodeId}", not a number`)
  if (!/^[^:]*\{\}[^:]*:\d+$/.test(hosts ?? ''))
    throw new TaskError(`--hosts is "${hosts}", not host:port with {} in it`)
  return { role: 'gossip', params, place: { nodeId: Number(nodeId), hosts: hosts as string } }
}

function perfProgramTask(args: readonly string[]): Task {
  const flags = perfFlags(args)
  const transport = oneOf('--transport', flags.transport ?? 'tcp', TRANSPORTS)
  const stack = { transport, security: 'noise', muxer: 'yamux' } as const
  const { host, port } = hostAndPort(flags['server-address'])
  if (flags['run-server']) return { role: 'perf-server', stack, host, port }
  const uploadBytes = count('--upload-bytes', flags['upload-bytes'], 0)
  return {
    role: 'perf-client',
    stack,
    host,
    port,
    uploadBytes,
    downloadBytes: count('--download-bytes', flags['download-bytes'], 0)
  }
}

function perfFlags(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    'run-server': { type: 'boolean' },
    'server-address': text,
    transport: text,
    'upload-bytes': text,
    'download-bytes': text
  } as const
  return flagsOf(args, options)
}

function flagsOf<T extends Readonly<Record<string, { type: 'string' | 'boolean' }>>>(
  args: readonly string[],
  options: T
) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (err) {
    throw new TaskError((err as Error).message)
  }
}

function oneOf<Name extends string>(
  variable: string,
  name: string | undefined,
  table: Readonly<Record<Name, unknown>>
): Name {
  if (!name) throw new TaskError(`${variable} is not set`)
  if (Object.hasOwn(table, name)) return name as Name
  throw new TaskError(`${variable} is ${name}; there are ${Object.keys(table).join(', ')}`)
}

function yesOrNo(variable: string, text: string | undefined): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new TaskError(`${variable} is ${text}, not true or false`)
}

function timeoutMs(seconds: string | undefined): number {
  return count('the timeout', seconds, DEFAULT_TIMEOUT_SECONDS) * 1000
}

/** unified-testing may pass the word `null`. */
function count(variable: string, text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '' || text === 'null') return otherwise
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  throw new TaskError(`${variable} is ${text}, not a count`)
}

function hostAndPort(address = ''): { host: string; port: number } {
  const [, host, port] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(address) ?? []
  if (host === undefined || Number(port) > 65_535) throw new TaskError(`--server-address is "${address}", not ip:port`)
  return { host, port: Number(port) }
}

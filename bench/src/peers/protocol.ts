/**
 * What all agents, the Go one included, understand: one JSON object per line on standard input, answered by
 * `{ "id": 1, "ok": true, … }` or `{ "id": 1, "ok": false, "error": "…" }`. Once it runs, an agent prints
 * `{ "ready": true, "addr": "/ip4/127.0.0.1/tcp/…/p2p/…", "version": "…" }`.
 *
 * | command | does | answers |
 * |---|---|---|
 * | `upload` | opens `streams` streams to `addr` and writes `chunkBytes` at a time until `stop` | when they are open |
 * | `download` | opens a stream on which `addr` writes `chunkBytes` at a time | when it is open |
 * | `measure` | counts what this side reads in `durationMs` after `warmupMs` | `Flow` |
 * | `echo` | sends 32 bytes back and forth on one stream | `Count` |
 * | `streams` | opens a stream, echoes 32 bytes, closes it, `parallel` at a time | `Count` |
 * | `dial` | connects, echoes 32 bytes on a stream, disconnects | `Count` |
 * | `firstByte` | connects and waits for the first answered byte | `{ ms }` |
 * | `fleet` | connects `count` new nodes and keeps them | when all are connected |
 * | `identified` | waits until `count` peers were identified | |
 * | `heap` | collects garbage where it may | `Heap` |
 * | `cpu` | | `Cpu` |
 * | `stop` | ends the streams and connections | |
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { getHeapStatistics } from 'node:v8'

interface Request {
  readonly id: number
  readonly cmd: string
  readonly addr: string
  readonly streams: number
  readonly chunkBytes: number
  readonly warmupMs: number
  readonly durationMs: number
  readonly parallel: number
  readonly count: number
}

/** What was read, and by the slowest stream in proportion to the median one. */
export interface Flow {
  readonly bytes: number
  readonly ms: number
  readonly slowestToMedian: number
  /** Heap bytes that this process allocated meanwhile. */
  readonly allocatedBytes: number
}

export interface Count {
  readonly count: number
  readonly ms: number
}

interface Heap {
  readonly heapBytes: number
  /** Memory of buffers, outside the heap. */
  readonly bufferBytes: number
}

interface Cpu {
  readonly cpuMs: number
  readonly atMs: number
}

/** Finalizers free what the next collection can take. */
const COLLECTIONS = 4

export type Commands = Readonly<Record<string, (request: Request) => Promise<object | undefined>>>

export interface AgentArguments {
  readonly role: 'server' | 'client'
  readonly transport: 'tcp' | 'ws'
  readonly services: 'none' | 'all'
}

export function agentArguments(): AgentArguments {
  const string = { type: 'string' } as const
  const { values } = parseArgs({ options: { role: string, transport: string, services: string } })
  return values as unknown as AgentArguments
}

/** Says that the agent is ready, then answers commands until standard input ends. */
export function serve(ready: { addr: string; version: string }, commands: Commands): void {
  print({ ready: true, ...ready })
  const lines = createInterface({ input: process.stdin })
  lines.on('line', line => void answer(JSON.parse(line), commands))
  lines.on('close', () => process.exit(0))
}

async function answer(request: Request, commands: Commands): Promise<void> {
  try {
    const command = commands[request.cmd]
    if (command === undefined) throw new Error(`unknown command ${request.cmd}`)
    print({ id: request.id, ok: true, ...(await command(request)) })
  } catch (err) {
    print({ id: request.id, ok: false, error: err instanceof Error ? err.stack : String(err) })
  }
}

function print(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** `total_allocated_bytes` is newer than the types of this workspace. */
export function allocatedBytes(): number {
  return (getHeapStatistics() as unknown as { total_allocated_bytes: number }).total_allocated_bytes
}

/** Commands that every agent on Node has. */
export const PROCESS_COMMANDS: Commands = { heap, cpu }

async function heap(): Promise<Heap> {
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return { heapBytes: heapUsed, bufferBytes: external }
}

async function cpu(): Promise<Cpu> {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, atMs: performance.now() }
}

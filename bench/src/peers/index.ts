import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildGo, programPath } from '@ts-libp2p/interop-harness/build'

export type PeerName = 'ours' | 'js' | 'go' | 'rust' | 'limit'

export const PEERS = ['js', 'go', 'rust', 'limit'] as const satisfies PeerName[]

export interface AgentOptions {
  readonly role: 'server' | 'client'
  /** Another program than the usual one. */
  readonly program?: 'gossip' | 'dht'
  /** What it listens on. Default TCP. */
  readonly transport?: 'tcp' | 'ws'
  /** `all`: identify and ping. Default none: the transport, noise and yamux only. */
  readonly services?: 'none' | 'all'
  /** Lets the agent collect garbage before it weighs its heap. */
  readonly exposeGc?: boolean
}

/** Makes the type-stripped sources of this workspace resolvable; without it the built `dist/` is used. */
const SOURCE = '--conditions=@ts-libp2p/source'
const GO_BENCH = fileURLToPath(new URL('../../../interop/go-bench', import.meta.url))
let fromDist = false

/** Lets this project's agents run from the built packages. */
export function useDist(): void {
  fromDist = true
}

/** The command line of an agent. */
export function agentCommand(peer: PeerName, options: AgentOptions): string[] {
  const { role, transport = 'tcp', services = 'none' } = options
  const args = [`--role=${role}`, `--transport=${transport}`, `--services=${services}`]
  if (peer === 'go') return [programPath(GO_BENCH), ...args]
  const flags = [...(peer === 'ours' && !fromDist ? [SOURCE] : []), ...(options.exposeGc ? ['--expose-gc'] : [])]
  return [process.execPath, ...flags, program(peer, options.program), ...args]
}

function program(peer: PeerName, name: AgentOptions['program']): string {
  const path = name === undefined ? peer : `${name}-${peer}`
  return fileURLToPath(import.meta.resolve(`@ts-libp2p/bench/peers/${path}`))
}

/** Builds what has to be built. Returns why a peer cannot take part, or undefined. */
export async function prepare(peer: PeerName, timeoutMs: number): Promise<string | undefined> {
  if (peer === 'go') return problemOf(buildGo(GO_BENCH, { timeoutMs }))
  if (peer === 'rust') return 'there is no rust-libp2p program yet'
  return undefined
}

async function problemOf(building: Promise<unknown>): Promise<string | undefined> {
  try {
    await building
    return undefined
  } catch (err) {
    return (err as Error).message
  }
}

/** Builds the facade's packages into their `dist/` folders; quick when nothing changed. Returns what went wrong, if so. */
export function buildDist(): string | undefined {
  const args = ['-r', '--filter-prod', '@ts-libp2p/libp2p...', 'run', 'build']
  const { status, stdout } = spawnSync('npx', ['-y', 'pnpm@12.21.0', ...args], { cwd: ROOT, encoding: 'utf8' })
  return status === 0 ? undefined : (stdout.split('\n').find(line => line.includes('error')) ?? stdout)
}

export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * Prints the layer map and fails on an import that goes up or sideways: a package may depend on packages of lower
 * layers only. Read from the `package.json` files, and from the sources, so that an undeclared import shows too.
 */
import { globSync, readFileSync } from 'node:fs'

const LAYERS: readonly (readonly [string, readonly string[]])[] = [
  ['0 words', ['interface', 'bytes']],
  ['1 values', ['crypto', 'multiaddr', 'peer-id', 'stream']],
  [
    '2 wire',
    [
      ...['multistream-select', 'noise', 'tls', 'plaintext', 'secio', 'pnet', 'yamux', 'mplex', 'record', 'pubsub'],
      ...['transport-tcp', 'transport-ws', 'transport-memory']
    ]
  ],
  ['3 swarm', ['peer-store', 'swarm']],
  [
    '4 services',
    [
      'identify',
      'ping',
      'perf',
      'gossipsub',
      'floodsub',
      'kad-dht',
      'record-store',
      'rendezvous',
      'bootstrap',
      'random-walk',
      'mdns'
    ]
  ],
  ['5 facade', ['libp2p']]
]
/** Tools beside the stack: they may see everything, and only tests may see them. */
const BESIDE = ['testing', 'compat-js-libp2p']
/** Sideways imports that are meant. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = { 'peer-id': ['crypto'] }
/** Services see the `Node` contract, not the swarm; what lies at or below this layer is theirs. */
const SERVICE_LAYER = 4
const SERVICES_SEE = 2

const SCOPE = '@ts-libp2p/'
const layerOf = (name: string): number => LAYERS.findIndex(([, names]) => names.includes(name))

interface Manifest {
  dependencies?: Record<string, string>
}

function declared(name: string): string[] {
  const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as Manifest
  return Object.keys(manifest.dependencies ?? {}).filter(dep => dep.startsWith(SCOPE))
}

function imported(name: string): string[] {
  const sources = globSync(`packages/${name}/src/**/*.ts`).map(file => readFileSync(file, 'utf8'))
  return sources.flatMap(text =>
    [...text.matchAll(/^(?:import|export|\}).*from '(@ts-libp2p\/[^'/]+)/gm)].map(match => match[1] as string)
  )
}

function problem(name: string, dependency: string): string | undefined {
  const [from, to] = [layerOf(name), layerOf(dependency)]
  if (BESIDE.includes(dependency)) return 'is for tests only'
  if (to === -1) return 'has no layer'
  if (EXCEPTIONS[name]?.includes(dependency)) return undefined
  if (to > from) return 'lies above'
  if (to === from) return 'lies beside'
  if (from === SERVICE_LAYER && to > SERVICES_SEE) return 'is not for services: they see the Node contract'
  return undefined
}

const problems: string[] = []
for (const [layer, names] of [...LAYERS].reverse()) {
  console.log(layer)
  for (const name of names) {
    const dependencies = [...new Set([...declared(name), ...imported(name)])].map(dep => dep.slice(SCOPE.length)).sort()
    console.log(`  ${name.padEnd(20)} ${dependencies.join(' ')}`)
    for (const dependency of dependencies) {
      const why = problem(name, dependency)
      if (why !== undefined) problems.push(`${name} imports ${dependency}, which ${why}`)
    }
    for (const dependency of imported(name)) {
      if (!declared(name).includes(dependency)) problems.push(`${name} imports ${dependency} without declaring it`)
    }
  }
}
const listed = [...LAYERS.flatMap(([, names]) => names), ...BESIDE]
for (const path of globSync('packages/*/package.json')) {
  const name = path.split('/')[1] as string
  if (!listed.includes(name)) problems.push(`${name} is in no layer: add it to scripts/layers.ts`)
}

for (const line of problems) console.error(line)
if (problems.length > 0) process.exitCode = 1
else console.log(`\nlayers: ${listed.length} packages, no import goes up or sideways`)

/**
 * What the packages weigh in a browser: minified, gzip, from `dist/` as users have it. `pnpm size` builds first, prints
 * the table, and fails where a budget of `size-budgets.json` (kB) is exceeded. `--write` puts the table into the README;
 * `--check` fails where it is not the one there; `--why <name>` lists the modules behind a row.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Plugin } from 'rolldown'
import { type BundleSize, bundleForBrowsers } from './browser-bundle.ts'

const SCOPE = '@ts-libp2p/'
/** Other modules are these, by name and code. */
const PRESETS: Readonly<Record<string, string>> = {
  'WebSocket, noise, yamux, identify, ping': node([]),
  '+ gossipsub': node(['gossipsub']),
  '+ kad-dht client': node(['gossipsub', 'kad-dht'])
}

interface Row {
  readonly name: string
  readonly size: BundleSize
  /** Bytes. */
  readonly budget: number | undefined
}

const { values: options } = parseArgs({
  options: { write: { type: 'boolean' }, check: { type: 'boolean' }, why: { type: 'string' } }
})
const budgets = JSON.parse(readFileSync('scripts/size-budgets.json', 'utf8')) as Record<
  'presets' | 'packages',
  Record<string, number>
>

if (options.why !== undefined) await explain(options.why)
else await report()

async function report(): Promise<void> {
  const presets = await rows(Object.entries(PRESETS), budgets.presets)
  const packages = await rows(forBrowsers().map(all), budgets.packages)
  const table = [...presets, ...packages].map(line)
  const text = ['| what | kB at the start | kB later, if needed | budget |', '| --- | ---: | ---: | ---: |', ...table]
  console.log(text.join('\n'))
  if (options.write || options.check) putInReadme(text.join('\n'))
  const over = [...presets, ...packages].filter(({ size, budget }) => size.startBytes > (budget ?? Infinity))
  for (const { name, size, budget } of over) console.error(`${name}: ${size.startBytes} bytes of ${budget} allowed`)
  if (over.length > 0) process.exitCode = 1
}

async function rows(entries: (readonly [string, string])[], of: Record<string, number>): Promise<Row[]> {
  const found: Row[] = []
  for (const [name, code] of entries) {
    const kilobytes = of[name]
    const budget = kilobytes === undefined ? undefined : kilobytes * 1000
    found.push({ name, size: await weigh(name, code), budget })
  }
  return found
}

function weigh(name: string, code: string): Promise<BundleSize> {
  const isPage = name in PRESETS
  return bundleForBrowsers('entry', { cwd: process.cwd(), plugins: [packages(code)], isPage })
}

/** Gives the entry its code, and finds this workspace's packages, which do not depend on the root. */
function packages(code: string): Plugin {
  return {
    name: 'packages',
    async resolveId(id, importer) {
      if (importer === undefined) return '\0entry'
      if (importer !== '\0entry') return undefined
      const name = id.slice(SCOPE.length).split('/')[0] as string
      return this.resolve(id, resolve('packages', name, 'package.json'))
    },
    load: id => (id === '\0entry' ? code : undefined)
  }
}

/** A node in a browser with these services beside what every node has. */
function node(services: string[]): string {
  const factories: Record<string, string> = { gossipsub: 'gossipsub()', 'kad-dht': 'kadDHT({ clientMode: true })' }
  const called = services.map(name => factories[name] as string)
  const imports = services.map((name, i) => `import { ${called[i]?.split('(')[0]} } from '${SCOPE}${name}'\n`)
  const list = called.map((call, i) => `s${i}: ${call}`).join(', ')
  const start = `globalThis.makeNode = () => createLibp2p({ services: { ${list} } })`
  return `import { createLibp2p } from '${SCOPE}libp2p'\n${imports.join('')}${start}`
}

/** The packages that run in browsers, by their manifests. */
function forBrowsers(): string[] {
  const names = globSync('packages/*/package.json').map(path => path.split('/')[1] as string)
  return names.sort().filter(name => 'browser' in exportsOf(name))
}

function exportsOf(name: string): object {
  const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as { exports: { '.': object } }
  return manifest.exports['.']
}

/** The whole of a package, with all that it depends on. */
function all(name: string): [string, string] {
  return [name, `export * from '${SCOPE}${name}'`]
}

function line({ name, size, budget }: Row): string {
  const later = size.laterBytes === 0 ? '' : kB(size.laterBytes)
  return `| ${name} | ${kB(size.startBytes)} | ${later} | ${budget === undefined ? '' : kB(budget)} |`
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}

function putInReadme(table: string): void {
  const [begin, end] = ['<!-- sizes -->\n', '\n<!-- /sizes -->']
  const readme = readFileSync('README.md', 'utf8')
  const [head, rest] = readme.split(begin) as [string, string]
  const [old = '', tail = ''] = rest.split(end)
  if (options.check && cells(old) !== cells(table)) {
    console.error('the sizes in README.md are of another time: run pnpm size --write')
    process.exitCode = 1
  }
  if (options.write) writeFileSync('README.md', `${head}${begin}\n${table}\n${end}${tail}`)
}

/** The formatter pads cells. */
function cells(table: string): string {
  return table.replace(/-{3,}/g, '---').replace(/[ \n]+/g, '')
}

async function explain(name: string): Promise<void> {
  const code = PRESETS[name] ?? all(name)[1]
  const { startBytes, modules } = await weigh(name, code)
  console.log(`${name}: ${startBytes} bytes at the start; bytes of code before minifying, by module`)
  for (const [id, bytes] of modules) {
    console.log(String(bytes).padStart(8), id.replace(`${process.cwd()}/`, '').replace(/.*\/node_modules\//, ''))
  }
}

/**
 * The table in the README that says why one would change: rows of `docs/benchmarks.md` in words. `pnpm bench --docs`
 * writes it; `node bench/src/why.ts` alone writes it anew from the page as it is.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './peers/index.ts'

const BEGIN = '<!-- why: written by bench/src/why.ts from docs/benchmarks.md -->'
const END = '<!-- /why -->'

/** What is said of a workload: the complaint that it answers, and what its number is. */
const ROWS: Readonly<Record<string, readonly [complaint: string, measured: string]>> = {
  'upload-1k': ['Small messages cost too much', 'MB/s on a stream, 1 KiB writes'],
  'alloc-1k': ['… and keep the garbage collector busy', 'bytes allocated for each'],
  'upload-64k': ['Large ones are slow, too', 'MB/s on a stream, 64 KiB writes'],
  'streams-parallel': ['Streams are dear', 'opened, echoed and closed a second'],
  'dial-rtt': ['Connecting takes long', 'round trips to the first answer'],
  'gossip-10': ['Publish/subscribe is slow', 'deliveries a second, signed, 10 nodes'],
  'dht-cpu': ['A DHT eats the processor', 'ms of it for a lookup'],
  'idle-cpu': ['Idle connections do, too', '% of a core for 500'],
  'conn-memory': ['… and eat memory', 'kB of heap for each'],
  'install-packages': ['It installs a lot', 'packages'],
  'install-size': ['', 'MB']
}

export function writeWhy(): void {
  const path = join(ROOT, 'README.md')
  const readme = readFileSync(path, 'utf8')
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`README.md has no ${BEGIN} … ${END}`)
  const table = whyTable(readFileSync(join(ROOT, 'docs/benchmarks.md'), 'utf8'))
  writeFileSync(path, `${readme.slice(0, from)}${BEGIN}\n\n${table}\n\n${readme.slice(to)}`)
  execFileSync(join(ROOT, 'node_modules/.bin/biome'), ['format', '--write', path], { stdio: 'ignore' })
}

function whyTable(benchmarks: string): string {
  const rows = Object.entries(ROWS).map(([name, [complaint, what]]) => {
    const { ours, js, times } = figuresOf(name, benchmarks)
    return `| ${complaint} | ${what} | ${js} | **${ours}** | ${times} |`
  })
  return [
    '| the complaint | measured | js-libp2p | here | better by |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows
  ].join('\n')
}

/** The cells of a workload's line: name, unit, ours, spread, js, vs js. */
function figuresOf(name: string, benchmarks: string): { ours: string; js: string; times: string } {
  const line = benchmarks.split('\n').find(row => row.startsWith(`| ${name} |`))
  const [, , , ours, , js, times] = line?.split('|').map(cell => cell.trim()) ?? []
  if (!ours || !js || !times) throw new Error(`docs/benchmarks.md does not say how ${name} compares with js`)
  return { ours, js, times }
}

if (import.meta.main) writeWhy()

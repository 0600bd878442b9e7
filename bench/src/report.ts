import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import type { Outcome, Result } from './driver.ts'
import { PEERS, type PeerName, ROOT } from './peers/index.ts'

/** Both are read when the program starts: what it measures, and what else the machine had to do. */
const commit = headCommit()
const loadBefore = Number(loadavg()[0]?.toFixed(1))

/** What `--json` writes. Ratios above 1 mean ours is better. */
export interface Report {
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
  readonly workloads: readonly {
    readonly name: string
    readonly unit: string
    readonly higherIsBetter: boolean
    readonly ours: number | undefined
    readonly peers: Result['peers']
    readonly ratios: Result['ratios']
  }[]
}

interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGB: number
  readonly os: string
  /** Load average of the minute before the run: what else the cores had to do. */
  readonly loadBefore: number
}

export function toReport({ results, versions }: Outcome): Report {
  const own = `${versions.ours ?? ''} ${commit}`.trim()
  return {
    machine: machine(),
    versions: { node: process.versions.node, ...versions, ours: own },
    workloads: results.map(({ row: { name, unit, higherIsBetter }, ours, peers, ratios }) => {
      return { name, unit, higherIsBetter, ours, peers, ratios }
    })
  }
}

function machine(): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release().split('-')[0]}`,
    loadBefore
  }
}

function headCommit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return ''
  }
}

/** The cells of the table, headings first. An empty cell: not measured, or not applicable. */
export function cells(results: readonly Result[]): string[][] {
  const peers = PEERS.filter(peer => results.some(result => result.peers[peer] !== undefined))
  const heading = ['workload', 'unit', 'ours', 'spread', ...peers.flatMap(peer => [peer, `vs ${peer}`])]
  return [heading, ...results.map(result => line(result, peers))]
}

function line(result: Result, peers: readonly PeerName[]): string[] {
  const { row, ours, spread } = result
  const others = peers.flatMap(peer => [text(result.peers[peer]), times(result.ratios[peer])])
  return [row.name, row.unit, text(ours), Number.isFinite(spread) ? `${Math.round(spread * 100)} %` : '', ...others]
}

function text(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en', { maximumSignificantDigits: 4 })
}

function times(ratio: number | undefined): string {
  return ratio === undefined ? '' : `${text(ratio)} ×`
}

/** For a terminal. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)))
  const pad = (cell: string, column: number): string => {
    return column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  }
  return rows.map(row => row.map(pad).join('  ').trimEnd()).join('\n')
}

/** For `docs/`. */
export function toMarkdown(rows: readonly (readonly string[])[]): string {
  const [heading = [], ...body] = rows
  const rule = heading.map((_, column) => (column < 2 ? '---' : '---:'))
  return [heading, rule, ...body].map(row => `| ${row.join(' | ')} |`).join('\n')
}

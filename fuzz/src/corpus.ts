import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fromHex, toHex } from '@ts-libp2p/bytes'

/** Inputs that are kept for a target: those that reached code which the others did not. */
const MAX_KEPT = 200
/** Bytes of an input that is worth keeping in a repository. */
const MAX_KEPT_BYTES = 600

const folder = new URL('../corpus/', import.meta.url)
const fileOf = (name: string): URL => new URL(`${name}.hex`, folder)

/** The inputs kept of earlier runs: a line of hex each. */
export function readCorpus(name: string): Uint8Array[] {
  const file = fileOf(name)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(line => line !== '' && !line.startsWith('#')).map(line => fromHex(line))
}

/** Keeps inputs for later runs, the short ones first. */
export function writeCorpus(name: string, inputs: readonly Uint8Array[]): void {
  const lines = [
    ...new Set(inputs.filter(({ byteLength }) => byteLength > 0 && byteLength <= MAX_KEPT_BYTES).map(toHex))
  ]
  lines.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  if (lines.length > 0) writeFileSync(fileOf(name), `${lines.slice(0, MAX_KEPT).join('\n')}\n`)
}

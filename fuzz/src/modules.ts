import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The modules of a folder here, by name: one target or model each. */
export function modulesIn(folder: 'targets' | 'models'): ReadonlyMap<string, string> {
  const root = fileURLToPath(new URL(`../${folder}/`, import.meta.url))
  const files = readdirSync(root).filter(file => file.endsWith('.ts'))
  return new Map(files.sort().map(file => [basename(file, '.ts'), root + file]))
}

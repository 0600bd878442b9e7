import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

export function packageVersion(name: string, base: string): string {
  const manifest = JSON.parse(readFileSync(findPackageJSON(name, base) as string, 'utf8')) as { version: string }
  return manifest.version
}

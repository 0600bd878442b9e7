import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './links.ts'

/** The packages of the project, by the names of their folders. */
export function packageNames(): string[] {
  return readdirSync(join(REPOSITORY, 'packages')).filter(name => existsSync(readme(name)))
}

export function readme(name: string): string {
  return join(REPOSITORY, 'packages', name, 'README.md')
}

export function description(name: string): string {
  return JSON.parse(readFileSync(join(REPOSITORY, 'packages', name, 'package.json'), 'utf8')).description
}

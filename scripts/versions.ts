/**
 * Fails unless every package has the workspace's version and depends on the others by `workspace:*`. Examples that are
 * made to be copied name that version too.
 */
import { globSync, readFileSync } from 'node:fs'

interface Manifest {
  name: string
  version: string
  private?: boolean
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const read = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest
const { version } = read('package.json')

function problemsOf(path: string, ranges: readonly string[]): string[] {
  const manifest = read(path)
  const own = manifest.version === version ? [] : [`${manifest.name} has version ${manifest.version}, not ${version}`]
  const links = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([name, range]) => name.startsWith('@ts-libp2p/') && !ranges.includes(range))
    .map(([name, range]) => `${manifest.name} depends on ${name} by ${range}, not by ${ranges.join(' or ')}`)
  return [...own, ...links]
}

const agent = readFileSync('packages/identify/src/version.ts', 'utf8').includes(`'ts-libp2p/${version}'`)
const problems = [
  ...globSync('packages/*/package.json').flatMap(path => problemsOf(path, ['workspace:*'])),
  ...globSync('examples/*/package.json').flatMap(path => problemsOf(path, ['workspace:*', `^${version}`])),
  ...(agent ? [] : [`nodes do not call themselves ts-libp2p/${version}: packages/identify/src/version.ts`])
]

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`versions: every package is ${version}`)

/** Fails unless every package has the workspace's version and depends on the others by `workspace:*`. */
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
const problems = globSync('packages/*/package.json').flatMap(path => {
  const manifest = read(path)
  const own = manifest.version === version ? [] : [`${manifest.name} has version ${manifest.version}, not ${version}`]
  const links = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([name, range]) => name.startsWith('@ts-libp2p/') && range !== 'workspace:*')
    .map(([name, range]) => `${manifest.name} depends on ${name} by ${range}, not by workspace:*`)
  return [...own, ...links]
})

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`versions: every package is ${version}`)

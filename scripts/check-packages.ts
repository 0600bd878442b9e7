/**
 * Packs every package as it would be published and checks the tarball: `publint` for its manifest, `attw` for the
 * resolution of its types. Needs a build first.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'ts-libp2p-pack-'))
const failures: string[] = []

function run(what: string, command: string, args: string[], cwd = '.'): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) failures.push(`${what}\n${stdout}${stderr}`)
  return status === 0
}

const bin = (name: string): string => resolve('node_modules/.bin', name)
const names = globSync('packages/*/package.json')
  .map(path => path.split('/')[1] as string)
  .sort()
for (const name of names) {
  const tarball = join(folder, `${name}.tgz`)
  const packed = run(`${name}: pack`, 'npx', ['-y', 'pnpm@12.21.0', 'pack', '--out', tarball], `packages/${name}`)
  if (!packed) continue
  const isGood =
    run(`${name}: publint`, bin('publint'), ['run', tarball, '--strict']) &&
    run(`${name}: attw`, bin('attw'), [tarball, '--profile', 'esm-only', '--no-color'])
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${name}`)
}

rmSync(folder, { recursive: true })
for (const failure of failures) console.error(`\n${failure}`)
if (failures.length > 0) process.exitCode = 1
else console.log(`packages: ${names.length} pass publint and attw`)

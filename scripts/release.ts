/**
 * Releases, all packages under one version:
 *
 *   pnpm release 0.2.0       sets the version everywhere and gathers `changes/` into CHANGELOG.md, for a commit and a tag
 *   pnpm release --dry-run   checks the manifests, packs, checks each tarball, and prints what would be published
 *   pnpm release --publish   the same, then publishes, with provenance: for the workflow that a tag starts
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gatherChanges, pendingChanges, section } from './changelog.ts'
import { checkTarballs } from './check-tarballs.ts'
import { manifestProblems } from './manifests.ts'
import { packAll, publishedPackages } from './tarballs.ts'

const AGENT_VERSION = 'packages/identify/src/version.ts'
const SEMVER = /^\d+\.\d+\.\d+(-[\w.]+)?$/

const { values, positionals } = parseArgs({
  options: { 'dry-run': { type: 'boolean' }, publish: { type: 'boolean' } },
  allowPositionals: true
})
const [version] = positionals
if (version !== undefined) setVersion(version)
else if (values['dry-run'] || values.publish) await publish(values.publish === true)
else throw new Error('say a version, --dry-run or --publish')

function setVersion(next: string): void {
  if (!SEMVER.test(next)) throw new Error(`${next} is no version`)
  const { version: last } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  for (const path of globSync([
    'package.json',
    '{packages,examples,interop}/*/package.json',
    '{bench,docs,fuzz,robustness}/package.json'
  ])) {
    replace(path, `"version": "${last}"`, `"version": "${next}"`)
    replace(path, new RegExp(`("@ts-libp2p/[^"]+": "\\^)${last.replaceAll('.', '\\.')}"`, 'g'), `$1${next}"`)
  }
  replace(AGENT_VERSION, `ts-libp2p/${last}'`, `ts-libp2p/${next}'`)
  gatherChanges(next, new Date().toISOString().slice(0, 10))
  console.log(`every package is ${next}; pnpm install, then read CHANGELOG.md, commit, tag v${next}, push`)
}

function replace(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(path, 'utf8')
  const after = before.replace(from, to)
  if (after !== before) writeFileSync(path, after)
}

async function publish(isReal: boolean): Promise<void> {
  const problems = manifestProblems()
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const folder = mkdtempSync(join(tmpdir(), 'ts-libp2p-release-'))
  try {
    const tarballs = packAll(folder)
    await checkTarballs(tarballs)
    report(tarballs)
    if (isReal) for (const { name, version } of publishedPackages()) publishOne(name, version, tarballs[name] as string)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function report(tarballs: Readonly<Record<string, string>>): void {
  console.log('\nto be published, in this order:')
  let total = 0
  for (const { name, version } of publishedPackages()) {
    const path = tarballs[name] as string
    const { size } = statSync(path)
    const integrity = createHash('sha512').update(readFileSync(path)).digest('base64')
    total += size
    console.log(
      `${`${name}@${version}`.padEnd(40)} ${(size / 1000).toFixed(1).padStart(7)} kB  sha512-${integrity.slice(0, 16)}…`
    )
  }
  console.log(`${Object.keys(tarballs).length} packages, ${(total / 1000).toFixed(0)} kB`)
  console.log(`\n${section('The changelog since the last release', pendingChanges())}`)
}

/** One that is there already was published by a run that was cut short. */
function publishOne(name: string, version: string, tarball: string): void {
  const { status: isThere } = spawnSync('npm', ['view', `${name}@${version}`, 'version'])
  if (isThere === 0) console.log(`${name}@${version} is there already`)
  else {
    const { status } = spawnSync('npm', ['publish', tarball, '--provenance', '--access', 'public'], {
      stdio: 'inherit'
    })
    if (status !== 0) throw new Error(`${name}@${version} was not published`)
  }
}

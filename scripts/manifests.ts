/**
 * Fails unless the `package.json` files of all packages say the same where they must: who may use them, from where and
 * with what they are loaded. What registries and tools make of them is for `pnpm release --dry-run` to check.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

const REPOSITORY = 'git+https://github.com/ts-libp2p/ts-libp2p.git'
const SOURCE = '@ts-libp2p/source'
/** Of an entry of `exports`, in the order in which they must be tried. */
const CONDITIONS = [SOURCE, 'types', 'browser', 'default']
const FIELDS = ['name', 'version', 'description', 'license', 'repository', 'type', 'sideEffects', 'engines', 'files']

type Entry = Readonly<Record<string, string>>

interface Manifest {
  readonly [field: string]: unknown
  readonly name: string
  readonly description?: string
  readonly exports?: Readonly<Record<string, Entry>>
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string | Entry>>>>
  readonly publishConfig?: { readonly access?: string; readonly exports?: unknown }
  readonly engines: unknown
  readonly license: unknown
}

const read = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest

/** What is wrong, a line each; empty when nothing is. */
export function manifestProblems(): string[] {
  const root = read('package.json')
  return globSync('packages/*/package.json')
    .sort()
    .flatMap(path => problemsOf(dirname(path), read(path), root).map(problem => `${path}: ${problem}`))
}

function problemsOf(folder: string, manifest: Manifest, root: Manifest): string[] {
  const wanted: Readonly<Record<string, unknown>> = {
    name: `@ts-libp2p/${basename(folder)}`,
    license: root.license,
    repository: { type: 'git', url: REPOSITORY, directory: folder },
    type: 'module',
    sideEffects: false,
    engines: root.engines,
    files: ['dist', '!dist/.tsbuildinfo'],
    scripts: { build: 'tsc -b && node ../../scripts/build-package.ts' }
  }
  const fields = Object.entries(wanted).filter(([field, value]) => !isDeepStrictEqual(manifest[field], value))
  return [
    ...fields.map(([field, value]) => `${field} must be ${JSON.stringify(value)}`),
    ...(isDeepStrictEqual(Object.keys(manifest).slice(0, FIELDS.length), FIELDS)
      ? []
      : [`begins with ${FIELDS.join(', ')}, in this order`]),
    ...(manifest.description ? [] : ['has no description']),
    ...(existsSync(join(folder, 'README.md')) ? [] : ['has no README.md beside it']),
    ...Object.entries(manifest.exports ?? {}).flatMap(([name, entry]) => exportProblems(folder, name, entry)),
    ...Object.entries(manifest.imports ?? {}).flatMap(([name, entry]) => importProblems(folder, name, entry)),
    ...publishProblems(manifest)
  ]
}

/** What is imported in the workspace is a source, and its types and its code are what is built from it. */
function exportProblems(folder: string, name: string, entry: Entry): string[] {
  const source = entry[SOURCE] ?? ''
  const module = /^\.\/src\/(.+)\.ts$/.exec(source)?.[1]
  if (module === undefined || !existsSync(join(folder, source))) return [`exports ${name}: ${SOURCE} is no source`]
  const built: Entry = {
    [SOURCE]: source,
    types: `./dist/${module}.d.ts`,
    browser: `./dist/browser/${module}.js`,
    default: `./dist/${module}.js`
  }
  const order = CONDITIONS.filter(condition => condition !== 'browser' || condition in entry)
  const expected = Object.fromEntries(order.map(condition => [condition, built[condition]]))
  const isRight = JSON.stringify(entry) === JSON.stringify(expected)
  return isRight ? [] : [`exports ${name} must be ${JSON.stringify(expected)}, in this order`]
}

/** Where platforms differ, each has a source, and the types are those of Node's. */
function importProblems(folder: string, name: string, entry: Readonly<Record<string, string | Entry>>): string[] {
  const sources = entry[SOURCE] as Entry | undefined
  if (!isDeepStrictEqual(Object.keys(sources ?? {}), ['browser', 'default'])) {
    return [`imports ${name}: ${SOURCE} needs browser and default, in this order`]
  }
  const files = Object.values(sources as Entry)
  const missing = files.filter(file => !existsSync(join(folder, file)))
  const types = (sources?.default ?? '').replace('./src/', './dist/').replace(/\.ts$/, '.d.ts')
  return [
    ...missing.map(file => `imports ${name}: there is no ${file}`),
    ...(entry.types === types ? [] : [`imports ${name}: types must be ${types}`])
  ]
}

/** The registry gets the same exports without those that only the workspace has. */
function publishProblems({ exports = {}, publishConfig }: Manifest): string[] {
  const without = ({ [SOURCE]: _, ...rest }: Entry): Entry => rest
  const wanted = Object.fromEntries(Object.entries(exports).map(([name, entry]) => [name, without(entry)]))
  return [
    ...(exports['.'] === undefined ? ['exports nothing by its own name'] : []),
    ...(publishConfig?.access === 'public' ? [] : ['publishConfig.access must be "public"']),
    ...(JSON.stringify(publishConfig?.exports) === JSON.stringify(wanted)
      ? []
      : [`publishConfig.exports must be exports without ${SOURCE}`])
  ]
}

if (import.meta.main) {
  const problems = manifestProblems()
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log('manifests: every package.json says what it must')
}

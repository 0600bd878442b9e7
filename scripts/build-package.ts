/**
 * Bundles a package into `dist/`. For Node each entry that its `package.json` names is one file, and what several share
 * another: loading 40 small files costs an application more than running them. For browsers, where the manifest has
 * that condition, `dist/browser/` keeps a file per module, so that an application's bundler can leave out what is not
 * used and load later what is imported later. Differences of the platforms (`#name` in the sources) are resolved here.
 * Types come from the compiler.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { type InputOptions, type OutputOptions, rolldown } from 'rolldown'
import { hardenPrivates } from './hard-private.ts'

/** What a minifier cannot know: that a number may stand where it is used, and a field need not be declared twice. */
const SMALLER: InputOptions = {
  optimization: { inlineConst: { mode: 'all', pass: 3 } },
  plugins: [
    {
      name: 'smaller',
      transform: source => hardenPrivates(source),
      renderChunk: code => packagesFirst(withoutBareFields(code))
    }
  ]
}

const IMPORT = /^import .*;\n/gm

type Target = string | { [condition: string]: Target }
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: { [path: string]: Target } }
const targets = Object.values(manifest.exports)

for (const file of readdirSync('dist')) if (file.endsWith('.js')) rmSync(`dist/${file}`)
rmSync('dist/browser', { recursive: true, force: true })

await build('default', './dist/', { chunkFileNames: 'shared-[hash].js' })
await build('browser', './dist/browser/', { preserveModules: true, preserveModulesRoot: 'src' })

// The declarations of generated code are not the compiler's output.
if (existsSync('src/pb')) cpSync('src/pb', 'dist/pb', { recursive: true, filter: path => !/\.(proto|js)$/.test(path) })

async function build(condition: 'default' | 'browser', folder: string, output: OutputOptions): Promise<void> {
  const files = targets.flatMap(target => (typeof target === 'string' ? [] : [target[condition]]))
  const names = files.flatMap(file => (typeof file === 'string' ? [file.slice(folder.length, -'.js'.length)] : []))
  if (names.length === 0) return
  const isBrowser = condition === 'browser'
  const bundle = await rolldown({
    input: Object.fromEntries(names.map(name => [name, `src/${name}.ts`])),
    platform: 'neutral',
    resolve: { conditionNames: ['@ts-libp2p/source', isBrowser ? 'browser' : 'node', 'default'] },
    external: id => isOutside(id, isBrowser),
    treeshake: { moduleSideEffects: false },
    ...(isBrowser ? SMALLER : {})
  })
  await bundle.write({ dir: folder, format: 'esm', minify: false, ...output })
}

function isOutside(id: string, isBrowser: boolean): boolean {
  if (isBrowser && id.startsWith('node:')) throw new Error(`a browser cannot load ${id}`)
  return !(id.startsWith('.') || id.startsWith('#') || isAbsolute(id))
}

/** A public field without a value is set by the constructor: its declaration adds nothing. */
function withoutBareFields(code: string): string {
  return code.replace(/^\t+(?!return;|break;|continue;|debugger;)[a-zA-Z_$][\w$]*;\n/gm, '')
}

/**
 * Imports in the order of the sources, where the bundler has those of the same package first: with the layers from the
 * lowest up, rolldown keeps in an application's start all that chunks which are loaded later share with it.
 */
function packagesFirst(code: string): string {
  const imports = code.match(IMPORT) ?? []
  const isOwn = (statement: string): boolean => / "\.{1,2}\//.test(statement)
  const inOrder = [...imports.filter(statement => !isOwn(statement)), ...imports.filter(isOwn)]
  return inOrder.join('') + code.replace(IMPORT, '')
}

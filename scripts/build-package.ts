/**
 * Bundles a package's modules into a few files of `dist/`: one per entry that its `package.json` names, and what they
 * share. Loading 40 small files costs an application more than running them. Types come from the compiler.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { rolldown } from 'rolldown'

/** Every `./dist/….js` that the manifest points to, at any depth of conditions. */
function entries(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('./dist/') && value.endsWith('.js') ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(entries) : []
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object; imports?: object }
const files = [...new Set([...entries(manifest.exports), ...entries(manifest.imports)])]
const input = Object.fromEntries(
  files.map(file => {
    const name = file.slice('./dist/'.length, -'.js'.length)
    return [name, `src/${name}.ts`]
  })
)

for (const file of readdirSync('dist')) if (file.endsWith('.js')) rmSync(`dist/${file}`)
const bundle = await rolldown({
  input,
  platform: 'neutral',
  external: id => !id.startsWith('.') && !isAbsolute(id),
  treeshake: { moduleSideEffects: false }
})
await bundle.write({ dir: 'dist', format: 'esm', chunkFileNames: 'shared-[hash].js', minify: false })

// The declarations of generated code are not the compiler's output.
if (existsSync('src/pb')) cpSync('src/pb', 'dist/pb', { recursive: true, filter: path => !/\.(proto|js)$/.test(path) })

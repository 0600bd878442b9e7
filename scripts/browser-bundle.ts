/** What a browser loads of an entry: bundled by rolldown for browsers, minified, gzip. */
import { gzipSync } from 'node:zlib'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'

export interface BundleSize {
  /** Bytes, gzip, of the entry and of all that it imports statically: what a page loads at once. */
  readonly startBytes: number
  /** Bytes, gzip, of what may be loaded later, such as the curve of a key that hardly any peer has. */
  readonly laterBytes: number
  /** The modules of the start, the largest first, with the bytes of their code before it is minified. */
  readonly modules: readonly (readonly [id: string, bytes: number])[]
}

export interface BundleOptions {
  readonly cwd: string
  /** Default: none. */
  readonly plugins?: Plugin[]
  /** Whether the entry is a page's, which exports nothing, rather than a library. */
  readonly isPage: boolean
}

export async function bundleForBrowsers(entry: string, { cwd, plugins, isPage }: BundleOptions): Promise<BundleSize> {
  const bundle = await rolldown({
    ...{ input: { entry }, cwd, plugins, platform: 'browser', logLevel: 'silent' },
    preserveEntrySignatures: isPage ? false : 'strict',
    resolve: { conditionNames: ['browser', 'import', 'module', 'default'] }
  })
  // Notes for further bundlers, of which a page has none: esbuild and terser drop them too.
  const comments = { legal: true, annotation: !isPage, jsdoc: false }
  const { output } = await bundle.generate({ dir: cwd, format: 'esm', minify: true, comments })
  const chunks = output.filter(file => file.type === 'chunk')
  const start = startOf(chunks)
  const later = chunks.filter(chunk => !start.includes(chunk))
  return { startBytes: gzipped(start), laterBytes: gzipped(later), modules: modulesOf(start) }
}

/** The entry and its static imports. */
function startOf(chunks: readonly OutputChunk[]): OutputChunk[] {
  const found = chunks.filter(chunk => chunk.isEntry)
  for (const { imports } of found) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName) && !found.includes(chunk)) found.push(chunk)
  }
  return found
}

function gzipped(chunks: readonly OutputChunk[]): number {
  return chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).byteLength, 0)
}

function modulesOf(chunks: readonly OutputChunk[]): [string, number][] {
  const modules = chunks.flatMap(chunk => Object.entries(chunk.modules))
  const sizes = modules.map(([id, { code }]): [string, number] => [id, Buffer.byteLength(code ?? '')])
  return sizes.filter(([, bytes]) => bytes > 0).sort((a, b) => b[1] - a[1])
}

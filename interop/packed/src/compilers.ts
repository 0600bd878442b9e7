import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from './run.ts'

const COMPILERS: Readonly<Record<string, string>> = {
  'TypeScript 5.9': 'interop/packed/node_modules/typescript-5.9/bin/tsc',
  'TypeScript 6': 'interop/packed/node_modules/typescript-6/bin/tsc',
  'TypeScript 7': 'node_modules/typescript/bin/tsc'
}

/** What an application may write for `module`, by its `moduleResolution`. */
const MODULES: Readonly<Record<string, string>> = { bundler: 'preserve', node16: 'node16' }

export interface Compiler {
  readonly compiler: string
  readonly resolution: string
}

/** Every compiler with every way to find modules. */
export const compilers: readonly Compiler[] = Object.keys(COMPILERS).flatMap(compiler =>
  Object.keys(MODULES).map(resolution => ({ compiler, resolution }))
)

/**
 * Compiles files of a folder, strictly, declarations of dependencies included. Answers the folder of the code. No type
 * packages are given but those named.
 */
export async function compile(
  { compiler, resolution }: Compiler,
  folder: string,
  files: readonly string[],
  types: readonly string[] = []
): Promise<string> {
  const outDir = `${compiler} ${resolution}`.replaceAll(/\W+/g, '-').toLowerCase()
  mkdirSync(join(folder, outDir), { recursive: true })
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022', 'dom', 'esnext.disposable'], strict: true, skipLibCheck: false, types },
    ...{ module: MODULES[resolution], moduleResolution: resolution, rootDir: '.', outDir }
  }
  const config = join(folder, `tsconfig.${outDir}.json`)
  writeFileSync(config, JSON.stringify({ compilerOptions, files }))
  await run(process.execPath, [resolve(COMPILERS[compiler] as string), '--project', config], folder)
  return outDir
}

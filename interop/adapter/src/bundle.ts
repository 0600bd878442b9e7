/** Puts the program and all it needs into one file, for a container: `node src/bundle.ts [file]`. */
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ENTRY = fileURLToPath(new URL('main.ts', import.meta.url))
const DEFAULT_FILE = fileURLToPath(new URL('../dist/adapter.mjs', import.meta.url))

export async function bundle(file: string = DEFAULT_FILE): Promise<void> {
  const conditionNames = ['@ts-libp2p/source', 'node', 'import', 'default']
  const bundle = await rolldown({ input: ENTRY, platform: 'node', resolve: { conditionNames } })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
}

if (import.meta.main) await bundle(process.argv[2])

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { publishedPackages } from '../../../scripts/tarballs.ts'
import { type Compiler, compile, compilers } from '../src/compilers.ts'

/** The contracts of js-libp2p, which this one is about, name types of Node. */
const NEEDS_NODE_TYPES = '@ts-libp2p/compat-js-libp2p'

const everything = inject('everything')
const entries = publishedPackages().flatMap(({ entries }) => entries)

beforeAll(() => {
  write('all.ts', [...entries.filter(entry => entry !== NEEDS_NODE_TYPES)])
  write('compat.ts', [NEEDS_NODE_TYPES])
})

describe.each(compilers)('for $compiler with moduleResolution $resolution', (compiler: Compiler) => {
  it('every declaration is sound, with no types of Node installed', async () => {
    await expect(compile(compiler, everything, ['all.ts'])).resolves.toBeTypeOf('string')
  })

  it(`those of ${NEEDS_NODE_TYPES} are with them`, async () => {
    await expect(compile(compiler, everything, ['compat.ts'], ['node'])).resolves.toBeTypeOf('string')
  })
})

function write(file: string, entries: readonly string[]): void {
  const lines = entries.map((entry, i) => `import * as m${i} from '${entry}'\nexport { m${i} }\n`)
  writeFileSync(join(everything, file), lines.join(''))
}

import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript-5.9'
import { describe, expect, inject, it } from 'vitest'
import { publishedPackages } from '../../../scripts/tarballs.ts'
import { NODES, run } from '../src/run.ts'

/** Entries that are for test files, and load in vitest alone. */
const FOR_TESTS = ['@ts-libp2p/testing', '@ts-libp2p/testing/setup']

const SHIPPED = /\.js$|\.d\.ts$|^package\.json$|^README\.md$|^LICENSE$/

const everything = inject('everything')

describe.each(publishedPackages())('$name alone', ({ name, entries }) => {
  it('declares what it imports', () => {
    const folder = join(everything, 'node_modules', name)
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const declared = [name, ...Object.keys({ ...dependencies, ...peerDependencies })]
    expect(importsOf(folder).filter(other => !declared.includes(other))).toEqual([])
  })

  it('ships code, declarations, what it is and its licence, and nothing else', () => {
    const files = globSync('**', { cwd: join(everything, 'node_modules', name), withFileTypes: true })
    const names = files.filter(file => file.isFile()).map(file => file.name)
    expect(names.filter(file => !SHIPPED.test(file))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'index.js', 'index.d.ts']))
  })

  it.each(Object.entries(NODES))('loads in %s', async (_, node) => {
    const loadable = entries.filter(entry => !FOR_TESTS.includes(entry))
    const code = `for (const entry of ${JSON.stringify(loadable)}) console.log(entry, Object.keys(await import(entry)).length > 0)`
    const printed = await run(node, ['--input-type=module', '--eval', code], everything)
    expect(printed).toBe(loadable.map(entry => `${entry} true\n`).join(''))
  })
})

it('imports are found, in code and in declarations', () => {
  const found = importsOf(join(everything, 'node_modules/@ts-libp2p/libp2p'))
  expect(found).toEqual(expect.arrayContaining(['@ts-libp2p/swarm', 'interface-datastore', 'weald']))
})

it('the packages for test files load in vitest', async () => {
  const code = `${FOR_TESTS.map(entry => `import '${entry}'\n`).join('')}import { it } from 'vitest'\nit('loads', () => {})`
  writeFileSync(join(everything, 'loads.test.js'), code)
  const printed = await run('npx', ['--no', 'vitest', 'run', 'loads.test.js'], everything)
  expect(printed).toContain('1 passed')
})

/** Packages that the code and the declarations of a package import. */
function importsOf(folder: string): string[] {
  const files = globSync(join(folder, 'dist/**/*.{js,d.ts}'))
  const named = files.flatMap(file => ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles)
  const ids = named.map(({ fileName }) => fileName).filter(id => !/^[.#]/.test(id) && !isBuiltIn(id))
  return [...new Set(ids.map(packageOf))].sort()
}

function isBuiltIn(id: string): boolean {
  return id.startsWith('node:') || builtinModules.includes(id)
}

function packageOf(id: string): string {
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/')
}

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { compile, compilers } from '../src/compilers.ts'
import { installOutside } from '../src/install.ts'
import { NODES, run } from '../src/run.ts'

const HELLO = /^hello, \S+, true\n$/
const nodes = Object.entries(NODES)
const folder = join(inject('outside'), 'hello')

beforeAll(async () => {
  await installOutside(folder, inject('tarballs'), ['@ts-libp2p/libp2p'])
  for (const file of ['hello.js', 'hello.ts'])
    copyFileSync(join(import.meta.dirname, '../fixtures', file), join(folder, file))
})

describe('two nodes say hello', () => {
  it.each(nodes)('in JavaScript, on %s', async (_, node) => {
    expect(await run(node, ['hello.js'], folder)).toMatch(HELLO)
  })

  it.each(compilers)('in TypeScript, by $compiler with moduleResolution $resolution', async compiler => {
    const outDir = await compile(compiler, folder, ['hello.ts'])
    for (const [, node] of nodes) expect(await run(node, [`${outDir}/hello.js`], folder)).toMatch(HELLO)
  })
})

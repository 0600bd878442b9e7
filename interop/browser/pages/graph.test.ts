/** What applications load of the packages, all of it, as rolldown bundles it for browsers. */
import { describe, expect, it } from 'vitest'
import { bundle } from './site.ts'

const POLYFILLS =
  /node_modules\/(assert|browserify-[a-z]+|buffer|crypto-browserify|events|os-browserify|path-browserify|process|readable-stream|stream-browserify|string_decoder|util|vite-plugin-node-polyfills)\//
/** Code made from text, and code that is no JavaScript. */
const MADE_CODE = /(?<![\w$.])(eval|Function)\(|new Function\b|\.node["'`]|\brequire\(/g

describe('a whole node: facade, gossipsub, DHT, IndexedDB', async () => {
  const chunks = await bundle('app.ts')
  const modules = chunks.flatMap(chunk => chunk.moduleIds)

  it('loads nothing that is not in the bundle, so nothing of Node', () => {
    const files = chunks.map(chunk => chunk.fileName)
    const outside = chunks
      .flatMap(chunk => [...chunk.imports, ...chunk.dynamicImports])
      .filter(id => !files.includes(id))
    expect(outside).toEqual([])
  })

  it('has no stand-ins for modules of Node', () => {
    expect(modules.length).toBeGreaterThan(100)
    expect(modules.filter(id => POLYFILLS.test(id))).toEqual([])
  })

  it('makes no code at run time, and has no native add-on', () => {
    expect(chunks.flatMap(({ code }) => code.match(MADE_CODE) ?? [])).toEqual([])
  })
})

it('multiaddr alone pulls in itself and the words below it, nothing else', async () => {
  const [chunk] = await bundle('multiaddr-alone.ts')
  const packages = chunk?.moduleIds.flatMap(id => /.*(?:packages|node_modules)\/([^/]+)/.exec(id)?.[1] ?? [])
  expect([...new Set(packages)].sort()).toEqual(['bytes', 'interface', 'multiaddr'])
})

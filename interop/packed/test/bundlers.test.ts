import { copyFileSync, cpSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { launchBrowser, openPage } from '../src/browser.ts'
import { BUNDLERS } from '../src/bundlers.ts'
import { installOutside } from '../src/install.ts'
import { type Running, startProcess } from '../src/process.ts'
import { NODES } from '../src/run.ts'
import { serve } from '../src/serve.ts'

const folder = join(inject('outside'), 'bundlers')
let browser: Browser
let server: Running

beforeAll(async () => {
  cpSync(join(import.meta.dirname, '../fixtures/page'), folder, { recursive: true })
  await installOutside(folder, inject('tarballs'), ['@ts-libp2p/libp2p'])
  server = await startProcess(NODES['Node 20'], ['server.js'], folder)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it.each(Object.entries(BUNDLERS))('a page bundled by %s pings a node', async (name, bundle) => {
  const outDir = join(folder, `by-${name}`)
  mkdirSync(outDir)
  if (name !== 'Vite') copyFileSync(join(folder, 'index.html'), join(outDir, 'index.html'))
  await bundle(folder, outDir)
  const files = globSync(join(outDir, '**/*.js')).map(path => readFileSync(path))
  const [plain, gzipped] = [files, files.map(code => gzipSync(code, { level: 9 }))].map(total)
  console.log(`${name.padEnd(8)} ${kB(plain)} kB, ${kB(gzipped)} kB gzip, in ${files.length} files`)

  const served = await serve(outDir)
  const { page, errors } = await openPage(browser, `${served.url}#${server.firstLine}`)
  await page.locator('#result.pinged, #result.failed').waitFor()
  expect(await page.locator('#result').textContent()).toMatch(/^ts-libp2p\/\S+ answered in \d+\.\d ms$/)
  expect(errors).toEqual([])
  await page.close()
  served.close()
})

function total(files: readonly Uint8Array[]): number {
  return files.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

function kB(bytes = 0): string {
  return (bytes / 1000).toFixed(1).padStart(7)
}

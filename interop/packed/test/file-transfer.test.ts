import { createHash } from 'node:crypto'
import { cpSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { launchBrowser, openPage } from '../src/browser.ts'
import { installOutside } from '../src/install.ts'
import { type Running, startProcess } from '../src/process.ts'
import { NODES } from '../src/run.ts'

/** Where the pictures of the documentation are kept, when they are to be made anew. */
const pictures = process.env.SCREENSHOTS

const FILES = { 'holiday.raw': 40_000_000, 'notes.txt': 1_200, 'nothing at all': 0 }
const folder = join(inject('outside'), 'file-transfer')
let browser: Browser
let receiver: Running

beforeAll(async () => {
  cpSync(resolve('examples/file-transfer'), folder, { recursive: true, filter: path => !path.includes('node_modules') })
  await installOutside(folder, inject('tarballs'), [])
  receiver = await startProcess(NODES['Node 20'], ['receiver.js', '--port', '0'], folder)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await receiver?.stop()
})

it.each(['light', 'dark'] as const)('files dropped on the %s page arrive whole', async scheme => {
  const url = /http:\S+/.exec(receiver.firstLine)?.[0] as string
  const { page, errors } = await openPage(browser, url, scheme)
  await page.locator('#peer.on').waitFor()
  for (const [name, size] of Object.entries(FILES)) await drop(page, `${scheme} ${name}`, size)
  await page.locator('.done').nth(2).waitFor()

  for (const [name, size] of Object.entries(FILES)) {
    const received = readFileSync(join(folder, 'received', `${scheme} ${name}`))
    expect(received.equals(content(size)), name).toBe(true)
    const state = page.locator('li', { hasText: `${scheme} ${name}` }).locator('.state')
    expect(await state.textContent()).toBe(`received, SHA-256 ${createHash('sha256').update(received).digest('hex')}`)
  }
  const reports = (): string[] =>
    receiver.lines.filter(line => line.includes(`${scheme} holiday.raw: `) && line.endsWith(' %'))
  await expect.poll(reports, { timeout: 60_000 }).not.toEqual([])
  if (pictures !== undefined)
    await page.screenshot({ path: join(resolve(pictures), `file-transfer-${scheme}.png`), fullPage: true })
  expect(errors).toEqual([])
  await page.close()
})

it('a file chosen by hand arrives; one of the same name replaces nothing, and no name leads elsewhere', async () => {
  const url = /http:\S+/.exec(receiver.firstLine)?.[0] as string
  const { page, errors } = await openPage(browser, url)
  await page.locator('#peer.on').waitFor()
  for (const text of ['first', 'second']) {
    await page.locator('#files').setInputFiles({ name: 'same.txt', mimeType: 'text/plain', buffer: Buffer.from(text) })
    await page
      .locator('.done', { hasText: 'same.txt' })
      .nth(text === 'first' ? 0 : 1)
      .waitFor()
  }
  await drop(page, '../../outside.txt', 10)
  await page.locator('.done').nth(2).waitFor()
  const received = ['same.txt', 'same (1).txt'].map(name => readFileSync(join(folder, 'received', name), 'utf8'))
  expect(received).toEqual(['first', 'second'])
  expect(readFileSync(join(folder, 'received/outside.txt')).equals(content(10))).toBe(true)
  expect(errors).toEqual([])
  await page.close()
})

/** Drops a file as a hand does, with the same bytes as `content` makes. */
async function drop(page: Page, name: string, size: number): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([name, size]) => {
      const bytes = new Uint8Array(size)
      for (let i = 0; i < size; i++) bytes[i] = i * 7 + (i >> 8)
      const dropped = new DataTransfer()
      dropped.items.add(new File([bytes], name))
      return dropped
    },
    [name, size] as const
  )
  await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer })
}

function content(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = i * 7 + (i >> 8)
  return bytes
}

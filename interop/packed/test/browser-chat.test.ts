import { cpSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { launchBrowser, openPage } from '../src/browser.ts'
import { installOutside } from '../src/install.ts'
import { type Running, startProcess } from '../src/process.ts'
import { NODES } from '../src/run.ts'

/** Where the pictures of the documentation are kept, when they are to be made anew. */
const pictures = process.env.SCREENSHOTS

const folder = join(inject('outside'), 'browser-chat')
let browser: Browser
let hub: Running
let ada: Page
let grace: Page
let lynn: Page
const allErrors: string[][] = []

beforeAll(async () => {
  cpSync(resolve('examples/browser-chat'), folder, { recursive: true, filter: path => !path.includes('node_modules') })
  await installOutside(folder, inject('tarballs'), [])
  hub = await startProcess(NODES['Node 26'], ['src/start.ts', '--port', '0'], folder)
  browser = await launchBrowser()
  ada = await enter('Ada', 'light')
  grace = await enter('Grace', 'dark')
  lynn = await enter('Lynn', 'light')
})

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
})

it('three tabs and the process see each other', async () => {
  for (const page of [ada, grace, lynn]) await page.locator('#people-count', { hasText: /^4$/ }).waitFor()
  await ada.locator('#graph .peer.other', { hasText: 'Grace' }).waitFor()
  await grace.locator('#graph .peer.hub', { hasText: 'Node process' }).waitFor()
})

it('what one says the others hear, by gossipsub', async () => {
  const words = [
    [ada, 'Hello from one tab. Who else is here?'],
    [grace, 'Another tab. We have no connection to each other: the Node process passes on what we say.'],
    [lynn, 'A third one here.'],
    [ada, 'And each message is signed by its author: nobody can speak in my name.']
  ] as const
  for (const [page, text] of words) {
    await page.locator('#text').fill(text)
    await page.locator('#text').press('Enter')
    for (const other of [ada, grace, lynn]) await other.locator('.message .text', { hasText: text }).waitFor()
  }
  hub.say('I am the process, and this was typed into my terminal.')
  for (const page of [ada, grace]) await page.locator('.message', { hasText: 'I am the process' }).waitFor()
  await expect
    .poll(() => hub.lines)
    .toEqual(expect.arrayContaining(words.map(([, text]) => expect.stringContaining(text))))
})

it('shows the connection, its streams, and bytes that go there and back', async () => {
  await ada.locator('.chip', { hasText: '/noise' }).waitFor()
  await ada.locator('.chip', { hasText: '/yamux/1.0.0' }).waitFor()
  await ada.locator('.streams code', { hasText: '/meshsub/' }).first().waitFor()
  await ada.locator('#speed').click()
  await ada.locator('.note', { hasText: '64 MB there and back' }).waitFor()
  await ada.locator('#total-in', { hasText: /\d\d MB in all/ }).waitFor()
  await ada.locator('#rtt', { hasText: 'ms' }).waitFor()
})

it('has its picture taken', async () => {
  for (const [page, scheme] of [
    [ada, 'light'],
    [grace, 'dark']
  ] as const) {
    const picture = await page.screenshot(
      pictures === undefined ? {} : { path: join(resolve(pictures), `browser-chat-${scheme}.png`) }
    )
    expect(picture.byteLength).toBeGreaterThan(20_000)
  }
})

it('text is shown as text', async () => {
  const text = '<img src=x onerror="document.title = 1"> & <b>bold</b>'
  await grace.locator('#text').fill(text)
  await grace.locator('#text').press('Enter')
  await ada.locator('.message .text', { hasText: '<b>bold</b>' }).waitFor()
  expect(await ada.locator('.message img').count()).toBe(0)
})

it('a tab that is closed leaves', async () => {
  await grace.close({ runBeforeUnload: true })
  await ada.locator('.note', { hasText: 'Grace left' }).waitFor()
  await ada.locator('#people-count', { hasText: /^3$/ }).waitFor()
  expect(allErrors.flat()).toEqual([])
})

async function enter(name: string, scheme: 'light' | 'dark'): Promise<Page> {
  const url = /http:\S+/.exec(hub.firstLine)?.[0] as string
  const { page, errors } = await openPage(browser, `${url}?name=${name}`, scheme, { width: 1280, height: 860 })
  allErrors.push(errors)
  await page.locator('#status[data-state=up]').waitFor()
  return page
}

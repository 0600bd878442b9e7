/** A site with one page that runs a bundle, and a browser to open it in. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { type OutputChunk, rolldown } from 'rolldown'
import { BrowserProcess } from '../src/browser-process.ts'
import { chromiumOptions } from '../src/chromium.ts'

const CONNECT_PATIENCE_MS = 20_000
const CONNECT_ATTEMPTS = 8

/** What a browser does of its own accord, which tests need not wait for. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync'
]

export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** What the page refused or could not do, as its console has it. */
  readonly problems: readonly string[]
}

/** No inline script, no `eval`, no `new Function`, no WebAssembly. */
const POLICY = "script-src 'self'"
const PAGE =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>'

/** Bundles what the packages have in `dist` for browsers, with nothing set that an application would not. */
export async function bundle(entry: string): Promise<readonly OutputChunk[]> {
  const made = await rolldown({
    input: { app: fileURLToPath(new URL(entry, import.meta.url)) },
    platform: 'browser',
    logLevel: 'silent',
    resolve: { conditionNames: ['browser', 'import', 'module', 'default'] }
  })
  const { output } = await made.generate({ format: 'esm', minify: true, entryFileNames: '[name].js' })
  return output.filter(file => file.type === 'chunk')
}

/** Opens a page that runs the bundle in a browser of its own. */
export async function openPage(entry: string): Promise<OpenPage> {
  const [server, { page, end }] = await Promise.all([serve(entry), startBrowser()])
  const problems: string[] = []
  page.on('console', message => void (message.type() === 'error' && problems.push(message.text())))
  page.on('pageerror', err => void problems.push(err.message))
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.waitForFunction(() => 'app' in globalThis)
  return {
    ...{ page, problems },
    async [Symbol.asyncDispose]() {
      await end()
      server.close()
    }
  }
}

async function serve(entry: string): Promise<Server> {
  const files = new Map((await bundle(entry)).map(({ fileName, code }) => [`/${fileName}`, code]))
  const server = createServer(({ url = '' }, response) => {
    const code = files.get(url)
    response.setHeader('content-security-policy', POLICY)
    response.setHeader('content-type', code === undefined ? 'text/html' : 'text/javascript')
    response.end(code ?? (url === '/' ? PAGE : ''))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** A browser whose tabs can be hidden: those that Playwright starts itself are kept visible. */
async function startBrowser(): Promise<{ page: Page; end(): Promise<void> }> {
  const { executablePath, args } = chromiumOptions()
  const own = ['--headless=new', '--remote-debugging-port=0', '--no-first-run']
  const chrome = new BrowserProcess({
    program: executablePath,
    folder: 'ts-libp2p-page-',
    args: profile => [...own, `--user-data-dir=${profile}`, ...QUIET, ...args, 'about:blank'],
    stderr: 'pipe'
  })
  const browser = await connect(await debuggerOf(chrome.child.stderr as Readable)).catch(async err => {
    await chrome.end()
    throw err
  })
  return {
    page: await (browser.contexts()[0] as BrowserContext).newPage(),
    async end() {
      await browser.close()
      await chrome.end()
    }
  }
}

/** A browser that has just started may never answer its first caller. */
async function connect(url: string): Promise<Browser> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await chromium.connectOverCDP(url, { noDefaults: true, timeout: CONNECT_PATIENCE_MS })
    } catch (err) {
      if (attempt === CONNECT_ATTEMPTS) throw err
    }
  }
}

async function debuggerOf(stderr: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stderr.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1]
    if (found === undefined) continue
    stderr.resume()
    return found
  }
  throw new Error(`Chromium did not start: ${text}`)
}

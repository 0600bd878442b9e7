import { type Browser, chromium as driver, type Page } from 'playwright'
import { chromium } from '../../../scripts/chromium.ts'

const PAGE_PATIENCE_MS = 120_000

export function launchBrowser(): Promise<Browser> {
  return driver.launch({ executablePath: chromium(), args: ['--no-sandbox', '--disable-gpu'] })
}

/** A page that fails its test where a script on it fails. */
export async function openPage(
  browser: Browser,
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
  viewport = { width: 720, height: 640 }
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ colorScheme, viewport, deviceScaleFactor: 2 })
  page.setDefaultTimeout(PAGE_PATIENCE_MS)
  const errors: string[] = []
  page.on('pageerror', err => errors.push(err.message))
  page.on('console', message => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(url)
  return { page, errors }
}

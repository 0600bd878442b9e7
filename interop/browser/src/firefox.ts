/** Has vitest run its pages in the Firefox of the system, without a driver: a page is all that our tests need. */
import { existsSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import type { BrowserProvider, BrowserProviderOption } from 'vitest/node'
import { BrowserProcess } from './browser-process.ts'

/** Nothing but the tests' pages, and those at full speed though nobody sees them. */
const PREFERENCES = {
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.disable_open_during_load': false,
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.enabled': false
}

class Firefox implements BrowserProvider {
  readonly name = 'firefox'
  readonly supportsParallelism = true
  private readonly open: BrowserProcess[] = []

  getCommandsContext(): Record<string, unknown> {
    return {}
  }

  /** Each page has a process and a profile of its own. */
  async openPage(_: string, url: string): Promise<void> {
    const browser = new BrowserProcess({
      program: firefox(),
      folder: 'ts-libp2p-firefox-',
      args: profile => ['--headless', '--no-remote', '--profile', profile, url],
      prepare: prefer
    })
    this.open.push(browser)
  }

  async close(): Promise<void> {
    await Promise.all(this.open.splice(0).map(browser => browser.end()))
  }
}

/** What goes into `browser.provider`. */
export function firefoxProvider(): BrowserProviderOption {
  const name = 'firefox'
  return { ...playwright(), name, supportedBrowser: [name], providerFactory: () => new Firefox() }
}

function prefer(profile: string): void {
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});\n`)
  writeFileSync(join(profile, 'user.js'), lines.join(''))
}

/** `FIREFOX` says where it is, or it is on the path. */
function firefox(): string {
  const places = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap(folder => [join(folder, 'firefox-esr'), join(folder, 'firefox')])
  const found = process.env.FIREFOX ?? places.find(place => existsSync(place))
  if (found === undefined)
    throw new Error('no Firefox on the path: install firefox-esr, or say where one is in FIREFOX')
  return found
}

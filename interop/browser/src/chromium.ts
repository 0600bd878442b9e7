import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { trustOption } from './certificate.ts'

/** How Playwright starts the Chromium of the system: `CHROMIUM` says where it is, or it is on the path. */
export function chromiumOptions(): { executablePath: string; args: string[] } {
  const places = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap(folder => [join(folder, 'chromium'), join(folder, 'google-chrome')])
  const executablePath = process.env.CHROMIUM ?? places.find(place => existsSync(place))
  if (executablePath !== undefined) return { executablePath, args: ['--no-sandbox', '--disable-gpu', trustOption()] }
  throw new Error('no Chromium on the path: install chromium, or say where one is in CHROMIUM')
}

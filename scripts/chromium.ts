import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The Chromium of the system: `CHROMIUM` says where, or it is on the path. */
export function chromium(): string {
  const places = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap(folder => [join(folder, 'chromium'), join(folder, 'google-chrome')])
  const found = process.env.CHROMIUM ?? places.find(place => existsSync(place))
  if (found === undefined) throw new Error('no Chromium on the path: install chromium, or say where one is in CHROMIUM')
  return found
}

/** What a link of a Markdown file of the repository leads to, on the site. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const SOURCES = 'https://github.com/ts-libp2p/ts-libp2p'

/**
 * The address on the site of what `href` names in the file `from` (both relative to the repository): a page of the site
 * where there is one, else the file in the repository. Throws when there is no such file.
 */
export function siteLink(href: string, from: string): string {
  if (/^([a-z]+:|#|\/)/i.test(href)) return href
  const [path = '', hash] = href.split('#')
  const target = normalize(join(dirname(from), decodeURI(path))).replace(/\/$/, '')
  if (!existsSync(join(REPOSITORY, target))) throw new Error(`${from} links to ${href}, and there is no ${target}`)
  return `${pageOf(target) ?? sourceOf(target)}${hash === undefined ? '' : `#${hash}`}`
}

/** The page of the site that a file or folder of the repository has become. */
function pageOf(path: string): string | undefined {
  const [, name] = /^packages\/([\w-]+)(?:\/README\.md)?$/.exec(path) ?? []
  if (name !== undefined) return `/packages/${name}`
  if (path === 'SECURITY.md') return '/security'
  const [, page] = /^docs\/([\w-]+)\.md$/.exec(path) ?? []
  if (page !== undefined) return page === 'index' ? '/' : `/${page}`
  // Pictures are taken in by the bundler, from beside the page.
  return path.startsWith('docs/') && !path.endsWith('.md') ? `./${relative('docs', path)}` : undefined
}

function sourceOf(path: string): string {
  const kind = statSync(join(REPOSITORY, path)).isDirectory() ? 'tree' : 'blob'
  return `${SOURCES}/${kind}/main/${path}`
}

import { globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REPOSITORY, siteLink } from '../src/links.ts'

const pages = globSync('{*.md,{packages,docs,robustness,fuzz,bench,interop,examples}/**/*.md}', {
  cwd: REPOSITORY,
  exclude: path => path.includes('node_modules') || path.includes('.vitepress')
}).filter(page => !/docs\/(configuration|error-codes)\.md/.test(page) && !page.includes('node_modules'))

/** A page without its blocks of code. */
function proseOf(page: string): string {
  return readFileSync(`${REPOSITORY}/${page}`, 'utf8').replace(/```[\s\S]*?```/g, '')
}

/** Where the links of a page lead, outside its code. */
function linksOf(page: string): string[] {
  const text = proseOf(page).replace(/`[^`\n]*`/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, href]) => href as string)
}

/** What can follow the `#` in a link to a page: its headings, as GitHub spells them. */
function anchorsOf(page: string): string[] {
  const headings = [...proseOf(page).matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => heading as string)
  return headings.map(heading => {
    const text = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
    return text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
  })
}

/** The page of the repository that a link leads into the middle of, and where there; undefined for other links. */
function placeOf(href: string, from: string): { page: string; anchor: string } | undefined {
  const [path = '', anchor] = href.split('#')
  if (anchor === undefined || /^[a-z]+:/i.test(path)) return undefined
  const target = path === '' ? from : join(dirname(from), path)
  const page = statSync(join(REPOSITORY, target)).isDirectory() ? join(target, 'README.md') : target
  return page.endsWith('.md') ? { page, anchor } : undefined
}

describe('a link of the repository’s pages', () => {
  it.each(pages)('leads somewhere: %s', page => {
    expect(() => linksOf(page).map(href => siteLink(href, page))).not.toThrow()
  })
})

describe('a link into the middle of a page', () => {
  const places = pages.flatMap(from =>
    linksOf(from).flatMap(href => {
      const place = placeOf(href, from)
      return place === undefined ? [] : [{ from, href, ...place }]
    })
  )

  it.each(places)('finds its heading: $href in $from', ({ page, anchor }) => {
    expect(anchorsOf(page)).toContain(anchor)
  })
})

describe('a link on the site', () => {
  it.each([
    ['../packages/noise', 'docs/concepts.md', '/packages/noise'],
    ['../packages/noise/README.md#limits', 'docs/concepts.md', '/packages/noise#limits'],
    ['errors.md', 'docs/concepts.md', '/errors'],
    ['../../docs/pubsub.md#attacks', 'packages/gossipsub/README.md', '/pubsub#attacks'],
    ['../SECURITY.md#limits', 'docs/limits.md', '/security#limits'],
    ['docs/index.md', 'README.md', '/'],
    [
      'src/limits.ts',
      'packages/yamux/README.md',
      'https://github.com/ts-libp2p/ts-libp2p/blob/main/packages/yamux/src/limits.ts'
    ],
    ['../examples', 'docs/concepts.md', 'https://github.com/ts-libp2p/ts-libp2p/tree/main/examples'],
    ['img/layers.svg', 'docs/concepts.md', './img/layers.svg'],
    ['https://example.com', 'docs/concepts.md', 'https://example.com'],
    ['#below', 'docs/concepts.md', '#below']
  ])('%s in %s is %s', (href, page, expected) => {
    expect(siteLink(href, page)).toBe(expected)
  })

  it('to a file that is not there is refused, with the page that has it', () => {
    expect(() => siteLink('gone.md', 'docs/concepts.md')).toThrow(
      'docs/concepts.md links to gone.md, and there is no docs/gone.md'
    )
  })
})

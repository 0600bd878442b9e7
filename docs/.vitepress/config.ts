import { relative } from 'node:path'
import { defineConfig } from 'vitepress'
import { REPOSITORY, siteLink } from '../src/links.ts'

const guide = [
  ['Getting started', 'getting-started'],
  ['Concepts', 'concepts'],
  ['Write a protocol', 'write-a-protocol'],
  ['Write a transport', 'write-a-transport'],
  ['Custom stacks', 'custom-stacks'],
  ['Browsers', 'browsers'],
  ['As installed', 'installed'],
  ['Coming from js-libp2p', 'coming-from-js-libp2p']
]
const reference = [
  ['Configuration', 'configuration'],
  ['Errors and what to do', 'errors'],
  ['Error codes', 'error-codes'],
  ['Limits', 'limits'],
  ['Security', 'security'],
  ['Packages', 'packages/'],
  ['Dependencies', 'dependencies']
]
const findings = [
  ['Benchmarks', 'benchmarks'],
  ['Where the time goes', 'performance'],
  ['Interoperability', 'interop'],
  ['The DHT at scale', 'kad-dht'],
  ['Publish and subscribe', 'pubsub'],
  ['Robustness', 'robustness'],
  ['Architecture', 'architecture']
]
const items = (pages: string[][]) => pages.map(([text, page]) => ({ text, link: `/${page}` }))

export default defineConfig({
  title: 'libp2p for TypeScript',
  description: 'A modular peer-to-peer network stack for Node and browsers',
  cleanUrls: true,
  // Written after the pages, by typedoc.
  ignoreDeadLinks: [/^\/api\//],
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Packages', link: '/packages/' },
      { text: 'API', link: '/api/index.html', target: '_self' },
      { text: 'Benchmarks', link: '/benchmarks' }
    ],
    sidebar: [
      { text: 'Guide', items: items(guide) },
      { text: 'Reference', items: [...items(reference), { text: 'API', link: '/api/index.html', target: '_self' }] },
      { text: 'What was found', items: items(findings) }
    ],
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: 'https://github.com/ts-libp2p/ts-libp2p' }]
  },
  markdown: {
    config(md) {
      md.core.ruler.push('links of the repository', state => {
        const from = sourceOf(state.env)
        for (const token of state.tokens.flatMap(token => token.children ?? [])) {
          const href = token.attrGet('href')
          if (href !== null) token.attrSet('href', siteLink(href, from))
        }
      })
    }
  }
})

/** The file of the repository that a page is made of. */
function sourceOf(env: { path?: string; relativePath?: string; frontmatter?: Record<string, unknown> }): string {
  const page = env.relativePath ?? ''
  const [, name] = /^packages\/([\w-]+)\.md$/.exec(page) ?? []
  if (name !== undefined && name !== 'index') return `packages/${name}/README.md`
  if (page === 'security.md') return 'SECURITY.md'
  return relative(REPOSITORY, env.path ?? `${REPOSITORY}/docs/${page}`)
}

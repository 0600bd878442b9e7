/** Builds the site: `pnpm docs:build`. What is generated is not kept in the repository. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LinkChecker } from 'linkinator'
import { build, serve } from 'vitepress'
import { configuration } from './configuration.ts'
import { errorCodes } from './error-codes.ts'
import { REPOSITORY } from './links.ts'
import { readReference } from './reference.ts'

/** Where the site is looked at, on this machine alone. */
const PORT = 4599
const docs = join(REPOSITORY, 'docs')
const site = join(docs, '.vitepress/dist')

console.log('reading the types of the packages')
const reference = await readReference()
writeFileSync(join(docs, 'configuration.md'), configuration(reference.project))
writeFileSync(join(docs, 'error-codes.md'), errorCodes(reference.project))

console.log('building the site')
await build(docs)
await reference.write(join(site, 'api'))

console.log('following every link')
const server = await serve({ root: docs, port: PORT })
const { links, passed } = await new LinkChecker().check({
  path: `http://localhost:${PORT}/`,
  recurse: true,
  checkFragments: true,
  // Only the site itself: no request leaves the machine.
  linksToSkip: ['^https?://(?!localhost)']
})
server.server?.close()
const broken = links.filter(link => link.state === 'BROKEN')
for (const { url, parent, status } of broken) console.error(`broken (${status ?? 'no answer'}): ${url}, on ${parent}`)
const followed = links.filter(link => link.state === 'OK').length
console.log(`${followed} links of the site lead somewhere, ${broken.length} do not`)
process.exit(passed && followed > 0 ? 0 : 1)

import { readFileSync } from 'node:fs'
import { packageNames, readme } from '../src/packages.ts'

/** A page for every package: its README. */
export default {
  paths: () => packageNames().map(name => ({ params: { name }, content: readFileSync(readme(name), 'utf8') }))
}

/** `pnpm pack:all [folder]`: a tarball of every published package, in `dist/` by default. Needs a build. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { packAll } from './tarballs.ts'

const tarballs = Object.entries(packAll(resolve(process.argv[2] ?? 'dist')))
let total = 0
for (const [name, path] of tarballs) {
  const { size } = statSync(path)
  total += size
  console.log(`${name.padEnd(34)} ${(size / 1000).toFixed(1).padStart(7)} kB  ${path}`)
}
console.log(`packed ${tarballs.length} packages, ${(total / 1000).toFixed(0)} kB`)

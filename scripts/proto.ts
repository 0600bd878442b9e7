/**
 * Regenerates the static protobuf code: for every `packages/<name>/src/pb/<file>.proto` a `<file>.js` and `<file>.d.ts`
 * beside it. Run it with `pnpm proto [package …]`; the output is committed and never edited by hand.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const only = process.argv.slice(2)
const OMIT = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'service'].map(part => `--no-${part}`)

for (const proto of globSync('packages/*/src/pb/*.proto').sort()) {
  const pkg = proto.split('/')[1] ?? ''
  if (only.length > 0 && !only.includes(pkg)) continue

  const js = proto.replace(/\.proto$/, '.js')
  const root = `${pkg}/${basename(proto, '.proto')}`
  const pbjs = (...extra: string[]): void => {
    const args = ['-t', 'static-module', '-w', 'esm', '--dependency', 'protobufjs/minimal.js', '-r', root]
    execFileSync('node_modules/.bin/pbjs', [...args, ...OMIT, ...extra, '-o', js, proto])
  }

  // The types are read off the comments, which the code that ships does without.
  pbjs('--dts')
  pbjs('--no-comments')
  const dts = proto.replace(/\.proto$/, '.d.ts')
  const types = readFileSync(dts, 'utf8').replace('import Long = require("long");\n', '')
  const usesLong = /\bLong\b/.test(types)
  writeFileSync(dts, usesLong ? `import type Long from 'long'\n${types}` : types)
  console.log(js)
}

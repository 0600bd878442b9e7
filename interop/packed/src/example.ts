/**
 * `pnpm example <name> [arguments]`: packs the packages, installs them in a copy of the example outside the workspace,
 * and starts it there, as somebody would who copied its folder.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from '../../../scripts/tarballs.ts'
import { installOutside } from './install.ts'
import { cleanEnvironment } from './run.ts'

const [name = '', ...args] = process.argv.slice(2)
if (!existsSync(`examples/${name}/package.json`)) throw new Error(`there is no examples/${name}`)

const folder = mkdtempSync(join(tmpdir(), 'ts-libp2p-example-'))
// An interrupt ends the example; what it leaves is removed below.
process.on('SIGINT', () => {})
try {
  const copy = join(folder, name)
  cpSync(`examples/${name}`, copy, { recursive: true, filter: path => !path.includes('node_modules') })
  await installOutside(copy, packAll(join(folder, 'tarballs')), [])
  process.exitCode = await start(copy)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function start(cwd: string): Promise<number> {
  const child = spawn('npm', ['start', '--', ...args], { cwd, env: cleanEnvironment(), stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => resolve(code ?? 0))
  })
}

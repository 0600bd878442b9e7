import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/**
 * Builds a Go program outside the checkout, anew only when its sources change, and resolves with its path. The first
 * build on a machine fetches and compiles go-libp2p: the compiling alone takes about 40 s on two cores. `go` is the
 * command, by default the variable `GO`, or the first in the path. Rejects with an `Error` that names the toolchain when
 * it is missing.
 */
export async function buildGo(folder: string, go: string = process.env.GO ?? 'go'): Promise<string> {
  const program = join(tmpdir(), `ts-libp2p-${basename(folder)}-${sourceHash(folder)}`)
  if (existsSync(program)) return program
  // Another process may build the same one now: each has a file of its own until it is whole.
  const unfinished = `${program}.${process.pid}`
  await run(go, ['build', '-o', unfinished, '.'], folder)
  renameSync(unfinished, program)
  return program
}

function sourceHash(folder: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(folder).filter(name => /\.go$|^go\.(mod|sum)$/.test(name))
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 16)
}

function run(go: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(go, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => {
    stderr = (stderr + text.toString()).slice(-4000)
  })
  return new Promise((resolve, reject) => {
    child.once('error', cause => reject(toolchainError(go, cause)))
    child.once('close', code => {
      if (code === 0) resolve()
      else reject(new Error(`${go} ${args.join(' ')} in ${cwd} exited with ${code}\n${stderr}`))
    })
  })
}

function toolchainError(go: string, cause: Error): Error {
  return new Error(
    `the Go toolchain (1.25 or later) that builds the go-libp2p peer did not start as "${go}": install it from ` +
      'https://go.dev/dl, put it in the path, or name it in the variable GO',
    { cause }
  )
}

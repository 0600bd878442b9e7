import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Another one than the first in the path can be given. */
const GO = process.env.GO ?? 'go'
const SOURCE = fileURLToPath(new URL('../../../interop/go-bench', import.meta.url))
const FILES = ['go.mod', 'go.sum', 'main.go', 'agent.go', 'flow.go']

/** Where the program is built: outside the checkout, anew when its sources change. */
export function goProgram(): string {
  const hash = createHash('sha256')
  for (const file of FILES) hash.update(readFileSync(join(SOURCE, file)))
  return join(tmpdir(), `ts-libp2p-go-bench-${hash.digest('hex').slice(0, 16)}`, 'go-bench')
}

/** Builds the go-libp2p program unless it is there. Returns why it cannot, or undefined. */
export async function buildGo(timeoutMs: number): Promise<string | undefined> {
  const program = goProgram()
  if (existsSync(program)) return undefined
  if (spawnSync(GO, ['version']).status !== 0) return 'Go is not installed'
  mkdirSync(join(program, '..'), { recursive: true })
  const child = spawn(GO, ['build', '-o', program, '.'], { cwd: SOURCE, timeout: timeoutMs })
  let output = ''
  child.stderr.on('data', chunk => {
    output += chunk
  })
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve => {
    child.on('exit', (...result) => resolve(result))
  })
  if (signal !== null) return `it was not built within ${timeoutMs / 1000} s; a run without --quick builds it`
  return code === 0 ? undefined : `it does not build: ${output.trim()}`
}

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { constants, homedir, setPriority } from 'node:os'
import { basename, dirname, join } from 'node:path'

const SOURCES = /\.(go|rs)$|(^|[/\\])(go\.(mod|sum)|Cargo\.(toml|lock)|requirements\.txt)$/

export interface BuildOptions {
  /** The command of the toolchain. By default what the variable `GO`, `CARGO` or `PYTHON` says, or the usual one. */
  command?: string
  /** After this long the build is given up. Default 30 minutes: a first build fetches and compiles hundreds of packages. */
  timeoutMs?: number
}

/** How a toolchain makes a program of a folder. */
export interface Toolchain {
  readonly command: string
  /** Said when the command does not start. */
  readonly missing: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** What is built is kept here, outside the checkout: `ts-libp2p` in `XDG_CACHE_HOME`, by default `~/.cache`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ts-libp2p')
}

/** Where the program of a folder is, once it is built: a name of its own for each state of its sources. */
export function programPath(folder: string): string {
  const files = readdirSync(folder, { recursive: true }) as string[]
  return join(
    cacheFolder(),
    `${basename(folder)}-${hashFiles(
      folder,
      files.filter(file => SOURCES.test(file))
    )}`
  )
}

export function hashFiles(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of [...files].sort()) hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 16)
}

/** Has `build` write the program of a folder, unless it is there, and resolves with its path. */
export async function buildOnce(folder: string, build: (target: string) => Promise<void>): Promise<string> {
  const program = programPath(folder)
  if (existsSync(program)) return program
  mkdirSync(dirname(program), { recursive: true })
  process.stderr.write(`building ${folder}: the first time on a machine this takes minutes\n`)
  // Another process may build the same one now: each has a file of its own until it is whole.
  const unfinished = `${program}.${process.pid}`
  try {
    await build(unfinished)
    renameSync(unfinished, program)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return program
}

export function runToolchain(toolchain: Toolchain, cwd: string, timeoutMs = 1_800_000): Promise<void> {
  const { command, args, missing } = toolchain
  const env = { ...process.env, ...toolchain.env }
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], timeout: timeoutMs })
  // Tests of what needs no building run meanwhile.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => {
    stderr = (stderr + text.toString()).slice(-4000)
  })
  return new Promise((resolve, reject) => {
    child.once('error', cause => reject(new Error(`${missing} (tried "${command}")`, { cause })))
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else if (signal !== null) reject(new Error(tooLong(cwd, timeoutMs)))
      else reject(new Error(`${command} ${args.join(' ')} in ${cwd} exited with ${code}\n${stderr}`))
    })
  })
}

function tooLong(folder: string, timeoutMs: number): string {
  return `${folder} was not built within ${timeoutMs / 1000} s; what was compiled is kept, a longer run goes on from there`
}

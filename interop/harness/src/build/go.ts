import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, buildOnce, cacheFolder, runToolchain } from './program.ts'

const MISSING =
  'the Go toolchain (1.25 or later), which builds the go-libp2p peers and the object store, did not start: install it from ' +
  'https://go.dev/dl, put it in the path, or name it in the variable GO'

/** Builds a Go program anew when its sources change. Rejects with an `Error` that names the toolchain when there is none. */
export function buildGo(folder: string, options: BuildOptions = {}): Promise<string> {
  const { command = process.env.GO ?? 'go', timeoutMs } = options
  return buildOnce(folder, target =>
    runToolchain({ command, args: ['build', '-o', target, '.'], missing: MISSING }, folder, timeoutMs)
  )
}

/** Installs a published Go program, once for each version, and resolves with its path. Rejects as `buildGo` does. */
export async function installGo(program: string, version: string, options: BuildOptions = {}): Promise<string> {
  const { command = process.env.GO ?? 'go', timeoutMs } = options
  const folder = join(cacheFolder(), `${basename(program)}-${version}`)
  const path = join(folder, basename(program))
  if (existsSync(path)) return path
  // Another process may install the same one now: each has a folder of its own until it is whole.
  const env = { GOBIN: `${folder}.${process.pid}` }
  mkdirSync(folder, { recursive: true })
  const args = ['install', `${program}@${version}`]
  await runToolchain({ command, args, env, missing: MISSING }, cacheFolder(), timeoutMs)
  renameSync(join(env.GOBIN, basename(program)), path)
  rmdirSync(env.GOBIN)
  return path
}

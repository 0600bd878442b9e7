import { type BuildOptions, buildOnce, runToolchain } from './program.ts'

const MISSING =
  'the Go toolchain (1.25 or later), which builds the go-libp2p peers, did not start: install it from ' +
  'https://go.dev/dl, put it in the path, or name it in the variable GO'

/** Builds a Go program anew when its sources change. Rejects with an `Error` that names the toolchain when there is none. */
export function buildGo(folder: string, options: BuildOptions = {}): Promise<string> {
  const { command = process.env.GO ?? 'go', timeoutMs } = options
  return buildOnce(folder, target =>
    runToolchain({ command, args: ['build', '-o', target, '.'], missing: MISSING }, folder, timeoutMs)
  )
}

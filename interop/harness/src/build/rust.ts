import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, buildOnce, cacheFolder, hashFiles, runToolchain } from './program.ts'

const MISSING =
  'the Rust toolchain (1.88 or later), which builds the rust-libp2p peer, did not start: install it from ' +
  'https://rustup.rs, put cargo in the path, or name it in the variable CARGO'

/**
 * Builds a Rust program anew when its sources change; its dependencies only when those do. The program has the name of
 * `[[bin]]`: `peer`. Rejects with an `Error` that names the toolchain when there is none.
 */
export function buildRust(folder: string, options: BuildOptions = {}): Promise<string> {
  const { command = process.env.CARGO ?? 'cargo', timeoutMs } = options
  const targetFolder = join(cacheFolder(), `cargo-${hashFiles(folder, ['Cargo.lock', 'Cargo.toml'])}`)
  const env = { CARGO_TARGET_DIR: targetFolder }
  return buildOnce(folder, async target => {
    const args = ['build', '--release', '--locked', '--quiet']
    await runToolchain({ command, args, env, missing: MISSING }, folder, timeoutMs)
    copyFileSync(join(targetFolder, 'release', 'peer'), target)
  })
}

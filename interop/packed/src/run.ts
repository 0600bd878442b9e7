import { execFile } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

/** The oldest Node supported, and the one that the workspace pins. */
export const NODES = {
  'Node 20': resolve('node_modules/node20/bin/node'),
  'Node 26': resolve('node_modules/node/bin/node')
} as const

/** Patient: a busy machine is slow, not wrong. */
const TIME_LIMIT_MS = 170_000

/** Runs a program to its end and answers what it printed; fails with all of it where the program does. */
export function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, env: cleanEnvironment(), maxBuffer: 1 << 26, timeout: TIME_LIMIT_MS }
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (err, stdout, stderr) => {
      if (err === null) resolve(stdout)
      else reject(new Error(`${program} ${args.join(' ')} in ${cwd}\n${stdout}${stderr}`, { cause: err }))
    })
  })
}

/** What says how to reach the registry. */
const KEPT =
  /^(npm_config_(registry|userconfig|globalconfig|cache|cafile|proxy|https_proxy|noproxy)|NODE_EXTRA_CA_CERTS)$/
const OURS = /^(npm_|NODE_|VITE|PNPM_|INIT_CWD)/

/** Without what pnpm and vitest put there for what they start. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name) || !OURS.test(name))
  const path = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.includes('node_modules'))
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) }
}

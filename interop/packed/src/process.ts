import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { cleanEnvironment } from './run.ts'

export interface Running {
  /** The first line that it printed. */
  readonly firstLine: string
  /** All that it printed, so far. */
  readonly lines: readonly string[]
  /** Writes a line to its input. */
  say(line: string): void
  stop(): Promise<void>
}

/** Starts a program that goes on until it is stopped, and waits for its first line. */
export function startProcess(program: string, args: readonly string[], cwd: string): Promise<Running> {
  const child = spawn(program, args, { cwd, env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', line => lines.push(line))
  const say = (line: string): void => void child.stdin.write(`${line}\n`)
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
  }
  return new Promise((resolve, reject) => {
    reader.once('line', firstLine => resolve({ firstLine, lines, say, stop }))
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${args.join(' ')} ended with code ${code} before it said a word`)))
  })
}

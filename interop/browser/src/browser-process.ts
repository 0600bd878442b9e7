import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MAX_REMOVALS = 10

export interface BrowserProcessInit {
  readonly program: string
  /** Of the folder that is made for it, under the system's for such. */
  readonly folder: string
  readonly args: (profile: string) => readonly string[]
  /** What to put into the folder first. */
  readonly prepare?: (profile: string) => void
  /** Of its standard error; the rest is ignored. Default `ignore`. */
  readonly stderr?: 'ignore' | 'pipe'
}

/** A browser with a profile of its own. Neither is left when it is ended, nor when we end without having done so. */
export class BrowserProcess {
  readonly child: ChildProcess
  private readonly profile: string
  private readonly exited: Promise<void>

  constructor({ program, folder, args, prepare, stderr = 'ignore' }: BrowserProcessInit) {
    this.profile = mkdtempSync(join(tmpdir(), folder))
    prepare?.(this.profile)
    this.child = spawn(program, args(this.profile), { stdio: ['ignore', 'ignore', stderr] })
    this.exited = new Promise(resolve => this.child.once('exit', () => resolve()))
    // At a signal vitest exits and closes nothing; its workers learn of that by losing their parent.
    process.once('exit', this.abandon)
    process.once('disconnect', this.abandon)
  }

  async end(): Promise<void> {
    this.child.kill()
    await this.exited
    this.forget()
  }

  private readonly abandon = (): void => {
    this.child.kill('SIGKILL')
    this.forget()
  }

  private forget(): void {
    process.off('exit', this.abandon)
    process.off('disconnect', this.abandon)
    remove(this.profile)
  }
}

/** Processes of the browser may write there for a moment still. Where they delete a file first, `rmSync` gives up silently. */
function remove(folder: string): void {
  for (let i = 0; i < MAX_REMOVALS && existsSync(folder); i++) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** The adapter, running. */
export class Program implements AsyncDisposable {
  stdout = ''
  stderr = ''
  private readonly child: ChildProcess
  private readonly exited: Promise<number | null>
  private changed = (): void => {}

  /** With nothing in its environment but what is given. */
  constructor(file: string, env: Readonly<Record<string, string>>, args: readonly string[] = []) {
    this.child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.on('data', (text: Buffer) => this.read('stdout', text))
    this.child.stderr?.on('data', (text: Buffer) => this.read('stderr', text))
    this.exited = once(this.child, 'close').then(([code]) => code as number | null)
  }

  /** Waits until it has said this; rejects when it ends before. */
  async says(what: RegExp, where: 'stdout' | 'stderr' = 'stderr'): Promise<void> {
    const ended = this.exited.then(code => {
      throw new Error(`it ended with ${code} and did not say ${what}, but ${this.stderr}`)
    })
    while (!what.test(this[where])) await Promise.race([ended, this.change()])
  }

  /** What it ended with, by itself. */
  get code(): Promise<number | null> {
    return this.exited
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return await this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
  }

  private read(where: 'stdout' | 'stderr', text: Buffer): void {
    this[where] += text.toString()
    this.changed()
  }

  private change(): Promise<void> {
    return new Promise(resolve => {
      this.changed = resolve
    })
  }
}

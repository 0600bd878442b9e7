import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What a peer answers: the fields of its command. */
export type Answer = Record<string, unknown>

interface Waiting {
  resolve(answer: Answer): void
  reject(err: Error): void
}

export interface RemotePeerOptions {
  command: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
}

/** A peer of another implementation in a process of its own, driven by JSON lines. */
export class RemotePeer implements AsyncDisposable {
  peerId = ''
  addrs: string[] = []

  private readonly child: ChildProcess
  private readonly waiting = new Map<number, Waiting>()
  private readonly exited: Promise<void>
  private stderr = ''
  private nextId = 1

  /** Starts the process, and resolves when it listens. */
  static async start(options: RemotePeerOptions): Promise<RemotePeer> {
    const peer = new RemotePeer(options)
    const info = await peer.call('info')
    peer.peerId = info.peerId as string
    peer.addrs = info.addrs as string[]
    return peer
  }

  private constructor({ command, args, env }: RemotePeerOptions) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', line => this.onLine(line))
    this.child.stderr?.on('data', (text: Buffer) => {
      this.stderr = (this.stderr + text.toString()).slice(-4000)
    })
    this.exited = new Promise(resolve => {
      this.child.once('error', err => this.fail(err, resolve))
      this.child.once('exit', code => this.fail(new Error(`the peer exited with ${code}\n${this.stderr}`), resolve))
    })
  }

  call(cmd: string, args: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.child.stdin?.write(`${JSON.stringify({ id, cmd, ...args })}\n`)
    })
  }

  /** The peer's first address of a transport. */
  address(transport: 'tcp' | 'ws'): string {
    const found = this.addrs.find(addr => addr.includes('/ws') === (transport === 'ws'))
    if (found === undefined) throw new Error(`the peer has no ${transport} address among ${this.addrs}`)
    return found
  }

  /** Ends the process as a crash would. */
  kill(): void {
    this.child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdin?.end()
    const timer = setTimeout(() => this.kill(), 2000)
    await this.exited
    clearTimeout(timer)
  }

  private onLine(line: string): void {
    const { id, ok, ...answer } = JSON.parse(line) as { id: number; ok: boolean; error?: string }
    const waiting = this.waiting.get(id)
    this.waiting.delete(id)
    if (ok) waiting?.resolve(answer)
    else waiting?.reject(new Error(answer.error))
  }

  private fail(err: Error, done: () => void): void {
    for (const waiting of this.waiting.values()) waiting.reject(err)
    this.waiting.clear()
    done()
  }
}

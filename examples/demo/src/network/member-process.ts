import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Answers } from './questions.ts'

interface Reply {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

/** A member in a process of its own. */
export class MemberProcess {
  private readonly child: ChildProcess
  private readonly waiting = new Map<number, (reply: Reply) => void>()
  private nextId = 1

  constructor(options: readonly string[]) {
    const script = fileURLToPath(new URL('./member.ts', import.meta.url))
    const args = ['--conditions=@ts-libp2p/source', script, ...options]
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })
    lines.on('line', line => {
      const reply = JSON.parse(line) as Reply
      this.waiting.get(reply.id)?.(reply)
      this.waiting.delete(reply.id)
    })
    this.child.once('exit', code => {
      for (const [id, settle] of this.waiting) settle({ id, error: `the process ended with code ${code}` })
    })
  }

  ask<Ask extends keyof Answers>(
    ask: Ask,
    details: Parameters<Answers[Ask]>[0]
  ): Promise<Awaited<ReturnType<Answers[Ask]>>> {
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ answer, error }) => {
        if (error === undefined) resolve(answer as Awaited<ReturnType<Answers[Ask]>>)
        else reject(new Error(`${ask}: ${error}`))
      })
      this.child.stdin?.write(`${JSON.stringify({ id, ask, ...details })}\n`)
    })
  }

  stop(): Promise<void> {
    return new Promise(resolve => {
      if (this.child.exitCode !== null) return resolve()
      this.child.once('exit', () => resolve())
      this.child.stdin?.end()
      setTimeout(() => this.child.kill('SIGKILL'), 5000).unref()
    })
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What an agent answers: numbers by name, see `src/peers/protocol.ts`. */
export type Reply = Readonly<Record<string, number>>

interface Ready {
  addr: string
  version: string
}

interface Waiting {
  resolve(reply: Reply): void
  reject(err: Error): void
}

/** Milliseconds for an agent to start: js-libp2p takes about a second on a busy machine. */
const START_TIMEOUT_MS = 20_000
/** Milliseconds beyond its own duration that a command may take: 500 connections are set up in this time. */
const COMMAND_TIMEOUT_MS = 60_000
const STDERR_KEPT_CHARS = 2000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A process of one implementation, driven by JSON lines. */
export class Agent {
  readonly addr: string
  readonly version: string
  private readonly child: ChildProcess
  private readonly waiting: Map<number, Waiting>
  private nextId = 1

  static async start(command: readonly string[]): Promise<Agent> {
    const [program = '', ...args] = command
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, DEBUG: '' } })
    running.add(child)
    child.once('exit', () => running.delete(child))
    const waiting = new Map<number, Waiting>()
    const ready = await inTime(firstLine(child, waiting), START_TIMEOUT_MS, 'start').catch(err => {
      child.kill('SIGKILL')
      throw err
    })
    return new Agent(child, waiting, ready)
  }

  private constructor(child: ChildProcess, waiting: Map<number, Waiting>, ready: Ready) {
    this.child = child
    this.waiting = waiting
    this.addr = ready.addr
    this.version = ready.version
  }

  /** Sends a command and waits for its answer. Rejects with the agent's own message. */
  ask(cmd: string, params: Readonly<Record<string, number | string>> = {}, durationMs = 0): Promise<Reply> {
    const id = this.nextId++
    const answer = new Promise<Reply>((resolve, reject) => this.waiting.set(id, { resolve, reject }))
    this.child.stdin?.write(`${JSON.stringify({ id, cmd, ...params })}\n`)
    return inTime(answer, durationMs + COMMAND_TIMEOUT_MS, cmd)
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = new Promise(resolve => this.child.once('exit', resolve))
    this.child.kill('SIGKILL')
    await gone
  }
}

function firstLine(child: ChildProcess, waiting: Map<number, Waiting>): Promise<Ready> {
  let stderr = ''
  child.stderr?.on('data', chunk => {
    stderr = `${stderr}${chunk}`.slice(-STDERR_KEPT_CHARS)
  })
  child.stdin?.on('error', () => {})
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      const err = new Error(`${why}\n${stderr}`.trim())
      reject(err)
      for (const waiter of waiting.values()) waiter.reject(err)
    }
    child.on('error', err => fail(err.message))
    child.on('exit', (code, signal) => fail(`the process ended with ${signal ?? code}`))
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => {
      const message = parse(line)
      if (message?.ready === true) resolve(message as unknown as Ready)
      else if (message !== undefined) settle(waiting, message)
    })
  })
}

/** A line that is not ours, e.g. a warning that a library prints, is passed over. */
function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function settle(waiting: Map<number, Waiting>, message: Record<string, unknown>): void {
  const waiter = waiting.get(message.id as number)
  waiting.delete(message.id as number)
  if (message.ok === true) waiter?.resolve(message as Reply)
  else waiter?.reject(new Error(String(message.error)))
}

async function inTime<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

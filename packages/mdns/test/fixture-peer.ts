import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

// The pinned Node, which runs TypeScript, whichever runs the test.
const NODE = new URL('../../../node_modules/.bin/node', import.meta.url).pathname
const PEER = new URL('./peer.fixture.ts', import.meta.url).pathname

/** In place of a fingerprint: the name that everybody uses. */
export const PUBLIC_NETWORK = 'public'

type Line = Record<string, unknown>

export interface FixtureOptions {
  readonly interfaces: string
  /** Of a private network, or `PUBLIC_NETWORK`. */
  readonly fingerprint: string
  readonly listen?: string
  readonly isQuiet?: boolean
  /** The network namespace to run in. */
  readonly namespace?: string
}

/** A node in a process of its own. */
export class FixturePeer implements AsyncDisposable {
  peerId = ''
  addrs: string[] = []
  /** Whom it was told of, by id, with the addresses. */
  readonly discovered = new Map<string, string[]>()
  private readonly child: ChildProcess
  private readonly lines: Line[] = []
  private readonly exited: Promise<unknown>

  static async start(options: FixtureOptions): Promise<FixturePeer> {
    const peer = new FixturePeer(options)
    const { peerId, addrs } = await peer.line('peerId')
    peer.peerId = peerId as string
    peer.addrs = addrs as string[]
    return peer
  }

  private constructor({
    interfaces,
    fingerprint,
    listen = '/ip4/127.0.0.1/tcp/0',
    isQuiet,
    namespace
  }: FixtureOptions) {
    const args = [
      '--conditions=@ts-libp2p/source',
      PEER,
      interfaces,
      fingerprint,
      listen,
      ...(isQuiet ? ['quiet'] : [])
    ]
    const command = namespace === undefined ? [NODE, ...args] : ['ip', 'netns', 'exec', namespace, NODE, ...args]
    this.child = spawn(command[0] as string, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
    this.exited = once(this.child, 'exit')
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', text => {
      const line = JSON.parse(text) as Line
      if (line.discovered !== undefined) this.discovered.set(line.discovered as string, line.addrs as string[])
      this.lines.push(line)
    })
  }

  /** Has it connect to a peer by its id alone, or by an address; resolves with the address. */
  async dial(target: string): Promise<Line> {
    this.child.stdin?.write(`dial ${target}\n`)
    return await this.line('dialled')
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdin?.write('stop\n')
    this.child.stdin?.end()
    const timer = setTimeout(() => this.kill(), 5000)
    await this.exited
    clearTimeout(timer)
  }

  /** The first line with this field, once it is there. */
  private async line(field: string): Promise<Line> {
    for (;;) {
      const at = this.lines.findIndex(line => line[field] !== undefined)
      if (at >= 0) return this.lines.splice(at, 1)[0] as Line
      await Promise.race([once(this.child.stdout as NodeJS.ReadableStream, 'data'), this.ended()])
    }
  }

  private async ended(): Promise<never> {
    const [code] = (await this.exited) as [number]
    throw new Error(`the peer exited with ${code}`)
  }
}

/** Peers of other tests on this machine are on the same networks. */
export function randomFingerprint(): string {
  return Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
}

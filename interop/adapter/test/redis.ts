import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { createClient } from '@redis/client'

const MISSING =
  'Redis, which the public harnesses meet by, did not start: install it (Debian: apt-get install redis-server), put ' +
  'redis-server in the path, or name it in the variable REDIS_SERVER'

/** A Redis server on loopback that keeps nothing. Rejects with an `Error` that says so when there is none. */
export class Redis implements AsyncDisposable {
  readonly port: number
  readonly client: ReturnType<typeof createClient>
  private readonly child: ChildProcess

  static async start(port?: number): Promise<Redis> {
    const redis = new Redis(port ?? (await freePort()))
    await redis.ready()
    await redis.client.connect()
    return redis
  }

  private constructor(port: number) {
    this.port = port
    this.client = createClient({ url: `redis://${this.address}` })
    this.client.on('error', () => {})
    const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: tmpdir() }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
    this.child = spawn(process.env.REDIS_SERVER ?? 'redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  private async ready(): Promise<void> {
    const failed = once(this.child, 'error').then(([cause]) => {
      throw new Error(MISSING, { cause })
    })
    await Promise.race([failed, this.saysReady()])
  }

  private async saysReady(): Promise<void> {
    const said: string[] = []
    for await (const line of createInterface({ input: this.child.stdout as NodeJS.ReadableStream })) {
      if (line.includes('Ready to accept connections')) {
        this.child.stdout?.resume()
        return
      }
      said.push(line)
    }
    throw new Error(`redis-server ended: ${said.join('\n')}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy()
    const exited = once(this.child, 'exit')
    this.child.kill()
    await exited
  }
}

/** One that was free just now: Redis takes no port 0. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { installGo } from './build/index.ts'

/** Version S3 Gateway: a real object store over a folder, with conditional writes. */
const PROGRAM = 'github.com/versity/versitygw/cmd/versitygw'
const VERSION = 'v1.8.0'

export interface S3Server {
  /** `http://127.0.0.1:<port>/<bucket>` */
  readonly bucketUrl: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  stop(): Promise<void>
}

/** Builds the server the first time, and starts it on a free port with one empty bucket. It ends with this process. */
export async function startS3Server(): Promise<S3Server> {
  const program = await installGo(PROGRAM, VERSION)
  const folder = mkdtempSync(join(tmpdir(), 'ts-libp2p-s3-'))
  const [data, meta] = [join(folder, 'data'), join(folder, 'meta')]
  for (const path of [join(data, 'records'), meta]) mkdirSync(path, { recursive: true })
  const port = await freePort()
  const [accessKeyId, secretAccessKey] = ['interop', 'not-a-secret']
  const options = ['--access', accessKeyId, '--secret', secretAccessKey, '--port', `127.0.0.1:${port}`]
  const child = spawn(program, [...options, 'posix', '--sidecar', meta, data], { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = once(child, 'exit')
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  await listening(child.stdout)
  return {
    bucketUrl: `http://127.0.0.1:${port}/records`,
    accessKeyId,
    secretAccessKey,
    async stop() {
      process.off('exit', kill)
      kill()
      await exited
      rmSync(folder, { recursive: true })
    }
  }
}

/** Its banner says when it listens. */
async function listening(stdout: Readable): Promise<void> {
  let text = ''
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes('service listening on')) break
  }
  stdout.resume()
  if (!text.includes('service listening on')) throw new Error(`the object store did not start: ${text}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

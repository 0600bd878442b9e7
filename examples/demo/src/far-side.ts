import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The process at the far side, and where it listens. */
export interface FarSide {
  addrs: string[]
  stop(): Promise<void>
}

/** This project's receiver, in a process of its own. */
export function startReceiver(): Promise<FarSide> {
  const script = fileURLToPath(new URL('./receiver.ts', import.meta.url))
  return start(['--conditions=@ts-libp2p/source', script], '')
}

/** An unmodified js-libp2p node, in a process of its own: the interop suite's. */
export function startJsLibp2p(): Promise<FarSide> {
  const script = createRequire(import.meta.url).resolve('@ts-libp2p/interop-js/src/peer.ts')
  return start([script], '{"id":1,"cmd":"info"}\n')
}

async function start(args: string[], question: string): Promise<FarSide> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  if (question !== '') child.stdin?.write(question)
  const { addrs } = JSON.parse(await firstLine(child)) as { addrs: string[] }
  return { addrs, stop: () => stop(child) }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', resolve)
    child.once('exit', code => reject(new Error(`the far side ended with code ${code} before it listened`)))
    child.once('error', reject)
  })
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.stdin?.end()
    setTimeout(() => child.kill('SIGKILL'), 3000).unref()
  })
}

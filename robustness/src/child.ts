import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Multiaddr, multiaddr } from '@ts-libp2p/libp2p'

/** Runs TypeScript as it is, which the oldest supported Node does not. */
const NODE = resolve(fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url)))
const PROGRAM = fileURLToPath(new URL('./child-node.ts', import.meta.url))

export interface ChildNode extends AsyncDisposable {
  readonly process: ChildProcess
  readonly address: Multiaddr
}

/** Starts a node in a process of its own. `wrap` puts a command before it: `['ip', 'netns', 'exec', name]`. */
export async function startChild(options: { wrap?: readonly string[]; host?: string } = {}): Promise<ChildNode> {
  const command = [
    ...(options.wrap ?? []),
    NODE,
    '--conditions=@ts-libp2p/source',
    PROGRAM,
    options.host ?? '127.0.0.1'
  ]
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return {
    process: child,
    address: multiaddr(line.replace('listening ', '')),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
}

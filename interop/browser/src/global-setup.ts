/** Starts the peers before the browser runs, and ends them after. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import type { Peers } from './protocols.ts'

declare module 'vitest' {
  interface ProvidedContext {
    peers: Peers
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const entry = fileURLToPath(new URL('peers.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@ts-libp2p/source', entry], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  if (typeof line !== 'string') throw new Error('the peers did not start')
  project.provide('peers', JSON.parse(line) as Peers)
  return async () => {
    child.stdin.end()
    await ended
  }
}

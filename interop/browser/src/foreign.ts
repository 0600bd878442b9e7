/** Peers of other implementations, which tests in the browser start and ask by vitest's commands. */
import type { Answer, RemotePeer } from '@ts-libp2p/interop-harness'
import { startGoPeer, startRustPeer } from '@ts-libp2p/interop-harness/peers'
import type { BrowserCommand } from 'vitest/node'

export type Implementation = 'go' | 'rust'

const STARTS = { go: startGoPeer, rust: startRustPeer }
const running = new Map<Implementation, RemotePeer>()

/** Builds it, the first time on a machine, and resolves with its WebSocket addresses once it listens. */
export const startPeer: BrowserCommand<[name: Implementation]> = async (_, name) => {
  const peer = await STARTS[name]()
  running.set(name, peer)
  return peer.addrs.filter(addr => addr.includes('/ws'))
}

export const askPeer: BrowserCommand<[name: Implementation, cmd: string, args?: Record<string, unknown>]> = (
  _,
  name,
  cmd,
  args
): Promise<Answer> | undefined => running.get(name)?.call(cmd, args)

export const endPeer: BrowserCommand<[name: Implementation]> = async (_, name) => {
  await running.get(name)?.[Symbol.asyncDispose]()
  running.delete(name)
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    startPeer(name: Implementation): Promise<string[]>
    askPeer(name: Implementation, cmd: string, args?: Record<string, unknown>): Promise<Answer>
    endPeer(name: Implementation): Promise<void>
  }
}

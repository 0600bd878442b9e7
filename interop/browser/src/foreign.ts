/** Peers of other implementations, which tests in the browser start and ask by vitest's commands. */
import type { Answer, RemotePeer } from '@ts-libp2p/interop-harness'
import { startGoPeer, startRustPeer } from '@ts-libp2p/interop-harness/peers'
import type { BrowserCommand } from 'vitest/node'
import { readCertificate } from './certificate.ts'

export type Implementation = 'go' | 'rust'

interface StartedPeer {
  readonly number: number
  readonly peerId: string
  readonly addrs: string[]
}

const STARTS = { go: startGoPeer, rust: startRustPeer }
const OPTIONS = {
  listen: ['/ip4/127.0.0.1/tcp/0/ws', '/ip4/127.0.0.1/tcp/0/tls/ws'],
  certificate: readCertificate(),
  pubsub: {},
  services: ['dht']
}
const running = new Map<number, RemotePeer>()
let nextNumber = 0

/** Builds it, the first time on a machine, and resolves once it listens. It serves the DHT and takes part in gossipsub. */
export const startPeer: BrowserCommand<[name: Implementation]> = async (_, name): Promise<StartedPeer> => {
  const peer = await STARTS[name](OPTIONS)
  const number = nextNumber++
  running.set(number, peer)
  return { number, peerId: peer.peerId, addrs: peer.addrs }
}

export const askPeer: BrowserCommand<[number: number, cmd: string, args?: Record<string, unknown>]> = (
  _,
  number,
  cmd,
  args
): Promise<Answer> | undefined => running.get(number)?.call(cmd, args)

export const endPeer: BrowserCommand<[number: number]> = async (_, number) => {
  await running.get(number)?.[Symbol.asyncDispose]()
  running.delete(number)
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    startPeer(name: Implementation): Promise<StartedPeer>
    askPeer(number: number, cmd: string, args?: Record<string, unknown>): Promise<Answer>
    endPeer(number: number): Promise<void>
  }
}

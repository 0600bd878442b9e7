/** Peers of other implementations as a page sees them. */
import type { Libp2p, Multiaddr } from '@ts-libp2p/libp2p'
import { multiaddr } from '@ts-libp2p/libp2p'
import { commands, server } from 'vitest/browser'
import type { Implementation } from '../src/foreign.ts'

/** The first time on a machine the peers are compiled. */
export const START_TIMEOUT_MS = 1_800_000

export type Scheme = 'ws' | 'wss'

/** Chromium is told to trust the test certificate; Firefox cannot be, without an authority. */
export const SCHEMES: readonly Scheme[] = server.browser === 'chromium' ? ['ws', 'wss'] : ['ws']

export class ForeignPeer {
  readonly peerId: string
  private readonly number: number
  private readonly addrs: readonly string[]

  /** Builds it, the first time on a machine. Resolves once it listens. */
  static async start(name: Implementation): Promise<ForeignPeer> {
    return new ForeignPeer(await commands.startPeer(name))
  }

  private constructor({ number, peerId, addrs }: { number: number; peerId: string; addrs: string[] }) {
    this.number = number
    this.peerId = peerId
    this.addrs = addrs
  }

  address(scheme: Scheme): Multiaddr {
    const found = this.addrs.find(addr => addr.includes('/tls/ws') === (scheme === 'wss'))
    if (found === undefined) throw new Error(`the peer has no ${scheme} address among ${this.addrs}`)
    return multiaddr(found)
  }

  /** What it answers to a command of `interop/README.md`. */
  ask(cmd: string, args?: Record<string, unknown>): Promise<Record<string, unknown>> {
    return commands.askPeer(this.number, cmd, args)
  }

  end(): Promise<void> {
    return commands.endPeer(this.number)
  }
}

/** Has them talk to a node in a page: they take the connection that there is, whatever the address. */
export function addressOf(node: Pick<Libp2p, 'peerId'>): string {
  return `/ip4/127.0.0.1/tcp/1/ws/p2p/${node.peerId}`
}

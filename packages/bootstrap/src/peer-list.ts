import type { Multiaddr, PeerId } from '@ts-libp2p/interface'
import { peerIdOf } from '@ts-libp2p/multiaddr'
import { BootstrapError } from './errors.ts'
import { MAX_LISTED } from './limits.ts'

/** Who put an address on the list. */
export type Origin = 'default' | 'added'

export interface ListedAddress {
  readonly address: Multiaddr
  readonly origin: Origin
}

/** What the user changed of the defaults, as text, so that it can be read and edited by hand. */
export interface Edits {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** The addresses to begin with: the defaults, and what was added and removed since. */
export class PeerList {
  private readonly defaults: ReadonlyMap<string, Multiaddr>
  private readonly added = new Map<string, Multiaddr>()
  private readonly removed = new Set<string>()

  constructor(defaults: readonly Multiaddr[]) {
    this.defaults = new Map(defaults.map(address => [address.toString(), address]))
  }

  entries(): ListedAddress[] {
    const kept = [...this.defaults].filter(([text]) => !this.removed.has(text))
    return [
      ...kept.map(([, address]) => ({ address, origin: 'default' as const })),
      ...[...this.added.values()].map(address => ({ address, origin: 'added' as const }))
    ]
  }

  /** False when it is there already. Throws a `BootstrapError` (`full`). */
  add(address: Multiaddr): boolean {
    const text = address.toString()
    if (this.removed.delete(text)) return true
    if (this.defaults.has(text) || this.added.has(text)) return false
    if (this.entries().length >= MAX_LISTED) throw new BootstrapError('full', `the list holds ${MAX_LISTED} addresses`)
    this.added.set(text, address)
    return true
  }

  /** Removes an address, or every address of a peer. False when there was none. */
  remove(target: Multiaddr | PeerId): boolean {
    const name = target.toString()
    const doomed = this.entries().filter(({ address }) => address.toString() === name || peerIdOf(address) === name)
    for (const { address, origin } of doomed) {
      if (origin === 'added') this.added.delete(address.toString())
      else this.removed.add(address.toString())
    }
    return doomed.length > 0
  }

  edits(): Edits {
    return { added: [...this.added.keys()], removed: [...this.removed] }
  }

  /** Takes up the edits of an earlier run. What is not an address is left out by `parse`. */
  restore({ added, removed }: Edits, parse: (text: string) => Multiaddr | undefined): void {
    for (const text of removed.slice(0, MAX_LISTED)) if (this.defaults.has(text)) this.removed.add(text)
    for (const text of added.slice(0, MAX_LISTED)) {
      const address = parse(text)
      if (address !== undefined && !this.defaults.has(address.toString())) this.added.set(address.toString(), address)
    }
  }
}

import type { Listener, Logger, Multiaddr, Transport, Upgrader } from '@ts-libp2p/interface'
import { toError } from '@ts-libp2p/stream'
import { SwarmError } from './errors.ts'

export interface ListenersInit {
  transports: readonly Transport[]
  upgrader: Upgrader
  log: Logger
  /** Our addresses may have changed. */
  onChange: (event: 'transport:listening' | 'transport:close', listener: Listener) => void
}

/** The addresses that we accept connections on. */
export class Listeners {
  private readonly init: ListenersInit
  private open: Listener[] = []
  /** How often all were closed. */
  private closes = 0

  constructor(init: ListenersInit) {
    this.init = init
  }

  /** Throws for an address that no transport here can listen on: a mistake in the configuration. */
  check(addresses: readonly Multiaddr[]): void {
    for (const address of addresses) this.transportFor(address)
  }

  /** Listens on all of them. Those that fail are logged; when none succeeds it rejects with all the reasons. */
  async listen(addresses: readonly Multiaddr[]): Promise<void> {
    const results = await Promise.allSettled(addresses.map(address => this.listenOn(address)))
    const failures = results.flatMap((result, i) =>
      result.status === 'rejected' ? [`${addresses[i]}: ${toError(result.reason).message}`] : []
    )
    for (const failure of failures) this.init.log.error('could not listen on %s', failure)
    if (failures.length > 0 && failures.length === addresses.length) {
      const cause = new AggregateError(results.flatMap(r => (r.status === 'rejected' ? [r.reason] : [])))
      throw new SwarmError('listen-failed', `could not listen on any address\n  ${failures.join('\n  ')}`, { cause })
    }
  }

  addresses(): Multiaddr[] {
    return this.open.flatMap(listener => listener.getAddrs())
  }

  async close(): Promise<void> {
    this.closes++
    const closing = this.open.splice(0)
    await Promise.allSettled(closing.map(listener => listener.close()))
  }

  private async listenOn(address: Multiaddr): Promise<void> {
    const { upgrader, log, onChange } = this.init
    const listener = this.transportFor(address).createListener({ upgrader })
    listener.addEventListener('error', event => log.error('listener on %a - %e', address, event.detail))
    listener.addEventListener('close', () => {
      this.open = this.open.filter(l => l !== listener)
      onChange('transport:close', listener)
    })
    const { closes } = this
    await listener.listen(address)
    // All were closed meanwhile, and whoever closed them takes it that nobody listens.
    if (closes !== this.closes) return await listener.close()
    this.open.push(listener)
    onChange('transport:listening', listener)
  }

  private transportFor(address: Multiaddr): Transport {
    const transport = this.init.transports.find(t => t.listenFilter([address]).length > 0)
    if (transport !== undefined) return transport
    const have = this.init.transports.map(t => t[Symbol.toStringTag]).join(', ')
    throw new SwarmError(
      'no-transport',
      `no transport can listen on ${address}; add one for it, or take the address out (transports here: ${have === '' ? 'none' : have})`
    )
  }
}

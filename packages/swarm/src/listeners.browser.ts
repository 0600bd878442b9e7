import type { Multiaddr } from '@ts-libp2p/interface'
import type { ListenersInit, Listeners as Loaded } from './listeners.ts'

/** As in Node, but loaded with the first address to listen on: most pages have none. */
export class Listeners {
  private readonly init: ListenersInit
  private loaded: Loaded | undefined

  constructor(init: ListenersInit) {
    this.init = init
  }

  /** In browsers a mistake in the configuration shows when the node starts. */
  check(): void {}

  async listen(addresses: readonly Multiaddr[]): Promise<void> {
    if (addresses.length === 0) return
    const { Listeners } = await import('./listeners.ts')
    this.loaded ??= new Listeners(this.init)
    this.loaded.check(addresses)
    await this.loaded.listen(addresses)
  }

  addresses(): Multiaddr[] {
    return this.loaded?.addresses() ?? []
  }

  async close(): Promise<void> {
    await this.loaded?.close()
  }
}

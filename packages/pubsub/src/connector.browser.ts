import type { Logger, Node } from '@ts-libp2p/interface'
import type { Connector as Loaded } from './connector.ts'
import type { PeerOffer } from './rpc.ts'

/** As in Node, but loaded with the first offer: few pages are offered peers. */
export class Connector {
  private readonly node: Node
  private readonly log: Logger
  private loaded: Loaded | undefined
  private isOn = false

  constructor(node: Node, log: Logger) {
    this.node = node
    this.log = log
  }

  start(): void {
    this.isOn = true
  }

  stop(): void {
    this.isOn = false
    this.loaded?.stop()
    this.loaded = undefined
  }

  connect(offer: PeerOffer): void {
    this.connectTo(offer).catch((err: unknown) => this.log('an offered peer could not be reached - %e', err))
  }

  private async connectTo(offer: PeerOffer): Promise<void> {
    const { Connector } = await import('./connector.ts')
    if (!this.isOn) return
    this.loaded ??= new Connector(this.node, this.log)
    this.loaded.connect(offer)
  }
}

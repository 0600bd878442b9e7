import type { Clock, MultiaddrConnection, Undo } from '@ts-libp2p/interface'
import type { InboundHandshakes as Loaded } from './handshakes.ts'
import type { SwarmLimits } from './limits.ts'

/** As in Node, but loaded with the first connection that comes in: to most pages none does. */
export class InboundHandshakes {
  private readonly limits: SwarmLimits
  private readonly clock: Clock
  private loaded: Loaded | undefined

  constructor(limits: SwarmLimits, clock: Clock) {
    this.limits = limits
    this.clock = clock
  }

  begin(raw: MultiaddrConnection): Undo | Promise<Undo> {
    return this.loaded?.begin(raw) ?? this.beginFirst(raw)
  }

  private async beginFirst(raw: MultiaddrConnection): Promise<Undo> {
    const { InboundHandshakes } = await import('./handshakes.ts')
    this.loaded ??= new InboundHandshakes(this.limits, this.clock)
    return this.loaded.begin(raw)
  }
}

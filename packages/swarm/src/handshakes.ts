import type { Clock, MultiaddrConnection, Undo } from '@ts-libp2p/interface'
import { SwarmError } from './errors.ts'
import { hostOf } from './host.ts'
import { InboundLimiter } from './inbound-limiter.ts'
import type { SwarmLimits } from './limits.ts'

/** The handshakes of those who connect to us, as many as the limits allow. */
export class InboundHandshakes {
  private readonly clock: Clock
  private readonly limiter: InboundLimiter
  private readonly pending = new Map<number, MultiaddrConnection>()
  private nextId = 1

  constructor(limits: SwarmLimits, clock: Clock) {
    this.clock = clock
    this.limiter = new InboundLimiter(limits)
  }

  /**
   * Lets a connection begin its handshake; another may be cut for it. Returns what to call when the handshake has ended.
   * Aborts the connection and throws a `SwarmError` (`too-many-connections`) where its host begins too many.
   */
  begin(raw: MultiaddrConnection): Undo {
    const id = this.nextId++
    const host = hostOf(raw.remoteAddr)
    const admission = this.limiter.admit(id, host, this.clock.now())
    if (!admission.accept) {
      const err = new SwarmError('too-many-connections', `too many connections from ${host} at once`)
      raw.abort(err)
      throw err
    }
    this.cut(admission.evict)
    this.pending.set(id, raw)
    return () => {
      this.pending.delete(id)
      this.limiter.done(id)
    }
  }

  private cut(id: number | undefined): void {
    if (id === undefined) return
    this.pending.get(id)?.abort(new SwarmError('too-many-connections', 'too many handshakes are under way'))
    this.pending.delete(id)
  }
}

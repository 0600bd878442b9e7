import type {
  Connection,
  CounterGroup,
  DialTransportOptions,
  Logger,
  MultiaddrConnection,
  Upgrader
} from '@ts-libp2p/interface'
import { toError } from './abortable.ts'

/**
 * Has a connection upgraded that a transport dialled. Rejects with what the upgrader threw, and then the connection is
 * aborted: whoever asked for it never got it.
 */
export async function upgradeOutbound(conn: MultiaddrConnection, options: DialTransportOptions): Promise<Connection> {
  try {
    return await options.upgrader.upgradeOutbound(conn, options)
  } catch (err) {
    conn.abort(toError(err))
    throw err
  }
}

export interface InboundUpgradesInit {
  readonly upgrader: Upgrader
  readonly log: Logger
  /** Counts `upgraded` and `upgrade_failed`. */
  readonly counter?: CounterGroup | undefined
}

/**
 * The connections that a listener accepted and that are being upgraded. Those upgraded belong to whoever has them; the
 * others are aborted.
 */
export class InboundUpgrades {
  private readonly init: InboundUpgradesInit
  /** What cancels each: one signal for all would gather a listener per connection. */
  private readonly pending = new Map<MultiaddrConnection, AbortController>()

  constructor(init: InboundUpgradesInit) {
    this.init = init
  }

  get size(): number {
    return this.pending.size
  }

  /** Resolves when the connection is upgraded or given up; never rejects. */
  async add(conn: MultiaddrConnection): Promise<void> {
    const { upgrader, log, counter } = this.init
    const cancel = new AbortController()
    this.pending.set(conn, cancel)
    try {
      const signal = upgrader.createInboundAbortSignal(cancel.signal)
      await upgrader.upgradeInbound(conn, { signal }).finally(() => signal.clear())
      counter?.increment({ upgraded: true })
    } catch (err) {
      log('inbound connection from %a was not upgraded - %e', conn.remoteAddr, err)
      counter?.increment({ upgrade_failed: true })
      conn.abort(toError(err))
    } finally {
      this.pending.delete(conn)
    }
  }

  /** Gives up those under way, without waiting for an upgrader that ignores its signal. */
  abort(reason: Error): void {
    for (const [conn, cancel] of this.pending) {
      cancel.abort(reason)
      conn.abort(reason)
    }
  }
}

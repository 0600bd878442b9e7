import type {
  ClearableSignal,
  Connection,
  Multiaddr,
  MultiaddrConnection,
  Transport,
  Upgrader
} from '@ts-libp2p/interface'
import type { ByteConnection } from '@ts-libp2p/stream'

/** Upgrades nothing: keeps the raw connections of our own transports, and their signals, for the test to look at. */
export class CollectingUpgrader implements Upgrader {
  readonly inbound: ByteConnection[] = []
  readonly signals: AbortSignal[] = []
  readonly cleared: AbortSignal[] = []
  /** What becomes of inbound connections. */
  onInbound: (conn: ByteConnection, signal: AbortSignal) => Promise<void> | void = () => {}
  private readonly waiting: ((conn: ByteConnection) => void)[] = []
  private taken = 0

  async upgradeOutbound(conn: MultiaddrConnection): Promise<Connection> {
    return conn as unknown as Connection
  }

  async upgradeInbound(conn: MultiaddrConnection, { signal }: { signal: AbortSignal }): Promise<void> {
    this.inbound.push(conn as ByteConnection)
    this.signals.push(signal)
    const waiting = this.waiting.shift()
    if (waiting !== undefined) waiting(this.inbound[this.taken++] as ByteConnection)
    await this.onInbound(conn as ByteConnection, signal)
  }

  createInboundAbortSignal(signal: AbortSignal): ClearableSignal {
    const clearable: ClearableSignal = Object.assign(AbortSignal.any([signal]), {
      clear: () => this.cleared.push(clearable)
    })
    return clearable
  }

  getStreamMuxers(): ReturnType<Upgrader['getStreamMuxers']> {
    return new Map()
  }

  getConnectionEncrypters(): ReturnType<Upgrader['getConnectionEncrypters']> {
    return new Map()
  }

  /** The next inbound connection, in the order they came. */
  accepted(): Promise<ByteConnection> {
    const conn = this.inbound[this.taken]
    if (conn === undefined) return new Promise(resolve => this.waiting.push(resolve))
    this.taken++
    return Promise.resolve(conn)
  }
}

/** Dials with a transport of ours and takes the raw connection. */
export async function rawDial(
  transport: Transport,
  to: Multiaddr,
  signal: AbortSignal = new AbortController().signal
): Promise<ByteConnection> {
  return (await transport.dial(to, { upgrader: new CollectingUpgrader(), signal })) as unknown as ByteConnection
}

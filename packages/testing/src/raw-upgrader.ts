import {
  type AbortOptions,
  type ClearableSignal,
  type Connection,
  type ConnectionEncrypter,
  connectionSymbol,
  type MultiaddrConnection,
  type StreamMuxerFactory,
  type Upgrader,
  type UpgraderOptions
} from '@ts-libp2p/interface'
import { TypedEvents } from '@ts-libp2p/stream'
import { TestingError } from './errors.ts'
import { Queue } from './queue.ts'

/** A `Connection` in shape only, around the raw connection that a transport made. */
export interface RawConnection extends Connection {
  readonly raw: MultiaddrConnection
}

/**
 * An upgrader that upgrades nothing: it hands the raw connections that a transport makes to the test. `Connection`s that
 * `dial` resolves to expose theirs as `raw`, and inbound ones wait in `inbound`. A test instrument: nothing else of the
 * `Connection` works.
 *
 * @example
 * const upgrader = new RawUpgrader()
 * const outbound = rawOf(await transport.dial(addr, { upgrader, signal }))
 * const inbound = await upgrader.inbound.next()
 */
export class RawUpgrader implements Upgrader {
  /** Inbound connections in the order they came. */
  readonly inbound: Queue<MultiaddrConnection> = new Queue()
  /** Set to make upgrades fail with it, the raw connection left to the transport. */
  failure: Error | undefined
  /** Set to make upgrades wait for it, or for their signal. */
  gate: Promise<void> | undefined
  /** Upgrades that were asked for. */
  upgradesBegun = 0

  async upgradeOutbound(conn: MultiaddrConnection, options: UpgraderOptions): Promise<Connection> {
    await this.decide(options)
    return holding(conn)
  }

  async upgradeInbound(conn: MultiaddrConnection, options: UpgraderOptions): Promise<void> {
    await this.decide(options)
    this.inbound.push(conn)
  }

  createInboundAbortSignal(signal: AbortSignal): ClearableSignal {
    const own = new AbortController()
    const abort = (): void => own.abort(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    return Object.assign(own.signal, { clear: () => signal.removeEventListener('abort', abort) })
  }

  getStreamMuxers(): Map<string, StreamMuxerFactory> {
    return new Map()
  }

  getConnectionEncrypters(): Map<string, ConnectionEncrypter> {
    return new Map()
  }

  private async decide({ signal }: UpgraderOptions): Promise<void> {
    this.upgradesBegun++
    signal.throwIfAborted()
    if (this.gate !== undefined) await Promise.race([this.gate, aborted(signal)])
    if (this.failure !== undefined) throw this.failure
  }
}

/** The raw connection in what `dial` resolved to with a `RawUpgrader`. */
export function rawOf(connection: Connection): MultiaddrConnection {
  return (connection as RawConnection).raw
}

/** The shape of a connection that can do nothing but show the raw one. */
function holding(raw: MultiaddrConnection): RawConnection {
  const refuse = (): never => {
    throw new TestingError('misuse', 'this connection was not upgraded: use its `raw` one')
  }
  return Object.assign(new TypedEvents<Record<string, Event>>(), {
    [connectionSymbol]: true,
    raw,
    id: 'raw',
    remoteAddr: raw.remoteAddr,
    streams: [],
    direction: raw.direction,
    timeline: raw.timeline,
    status: raw.status,
    direct: true,
    log: raw.log,
    // Copied as it stands when assigned: nobody is known, and nobody may be asked.
    remotePeer: undefined as never,
    newStream: async () => refuse(),
    close: (options?: AbortOptions) => raw.close(options),
    abort: (err: Error) => raw.abort(err)
  })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

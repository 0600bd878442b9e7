import { type Clock, type MessageStreamDirection, StreamResetError } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { ByteConnection, type ByteConnectionInit } from '@ts-libp2p/stream'
import { type Flight, recordFlight } from './flights.ts'
import { WireEnd } from './wire-end.ts'

/** Bytes on their way: who sent them, and how many of that end's bytes passed before them. */
export interface Passage {
  readonly from: MessageStreamDirection
  readonly offset: number
  readonly bytes: Uint8Array
}

/** What becomes of a passage. `end` closes that direction after it, `cut` loses the whole connection. */
export interface Verdict {
  readonly bytes: Uint8Array
  readonly then?: 'end' | 'cut'
}

export interface WireOptions extends Omit<Partial<ByteConnectionInit>, 'owner' | 'direction' | 'remoteAddr'> {
  /** Says how long the next piece that arrives is, bytes. Default: as long as it was sent. See `oneByte`, `chopped`. */
  chop?: () => number
  /** One-way, milliseconds of `clock`. A function is asked for each passage; order is kept. Default 0. */
  latencyMs?: number | (() => number)
  /** Required with a latency. */
  clock?: Clock
  /**
   * Buffers are lent, as a socket lends them: each is overwritten once `receive` returned, so that whoever keeps a view
   * of one reads garbage. Default false.
   */
  lendsBuffers?: boolean
  /** Sees every passage before it leaves and may replace it, end the direction or cut the wire. */
  intercept?: (passage: Passage) => Verdict
}

/**
 * A connection in one process with its wire laid open: it chops, delays, tampers, is cut, and counts. Bytes under way
 * are bounded (1 MiB each way); a reader that stops holds the sender back.
 *
 * @example
 * const wire = new Wire({ chop: oneByte, clock, latencyMs: 50 })
 * const [client, server] = wire.ends
 * wire.cut()
 */
export class Wire {
  /** The outbound end, then the inbound one. */
  readonly ends: readonly [ByteConnection, ByteConnection]
  /** What left each end and when, one entry per moment and direction. Kept only with a clock. */
  readonly flights: readonly Flight[]
  private readonly outbound: WireEnd
  private readonly inbound: WireEnd

  constructor(options: WireOptions = {}) {
    const flights: Flight[] = []
    this.flights = flights
    const note = (from: MessageStreamDirection, bytes: number): void => {
      if (options.clock !== undefined) recordFlight(flights, { from, atMs: options.clock.now(), bytes })
    }
    const cut = (): void => this.cut()
    this.outbound = new WireEnd('outbound', options, note, cut)
    this.inbound = new WireEnd('inbound', options, note, cut)
    this.outbound.far = this.inbound
    this.inbound.far = this.outbound
    this.ends = [
      connectTo(this.outbound, options, { direction: 'outbound', remoteAddr: multiaddr('/memory/2') }),
      connectTo(this.inbound, options, { direction: 'inbound', remoteAddr: multiaddr('/memory/1') })
    ]
  }

  /** Bytes that left the outbound end, and the inbound one. */
  get sentBytes(): readonly [number, number] {
    return [this.outbound.sentBytes, this.inbound.sentBytes]
  }

  /** Bytes between the two ends, held by neither. */
  get bytesInFlight(): number {
    return this.outbound.bytesInFlight + this.inbound.bytesInFlight
  }

  /** The connection is lost: what is under way is dropped and both ends are reset. */
  cut(err: Error = new StreamResetError('the connection was lost')): void {
    this.outbound.lose(err)
    this.inbound.lose(err)
  }
}

/**
 * Two linked connections, as a transport would make them: the outbound end, then the inbound one. Options let the wire
 * between them chop, delay, lend its buffers or tamper.
 */
export function connectionPair(options?: WireOptions): [ByteConnection, ByteConnection] {
  return [...new Wire(options).ends]
}

function connectTo(
  owner: WireEnd,
  { chop: _c, latencyMs: _l, intercept: _i, ...init }: WireOptions,
  end: Pick<ByteConnectionInit, 'direction' | 'remoteAddr'>
): ByteConnection {
  // An instrument, which does nothing by itself.
  const connection = new ByteConnection({ closesWithRemote: false, ...init, ...end, owner })
  owner.stream = connection
  return connection
}

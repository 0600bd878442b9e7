import { type Clock, InvalidParametersError, type Multiaddr } from '@ts-libp2p/interface'
import { CODE_MEMORY, Memory, multiaddr } from '@ts-libp2p/multiaddr'
import { type ByteConnection, systemClock } from '@ts-libp2p/stream'
import { MemoryError } from './errors.ts'
import { FIRST_EPHEMERAL_ADDRESS, MAX_LISTENERS } from './limits.ts'

export interface MemoryNetworkOptions {
  /** One-way, milliseconds. Default 0: bytes arrive in the tick after they were sent. */
  latencyMs?: number
  /** What the latency is measured by. Default the real time. */
  clock?: Clock
}

/** Whoever takes connections at an address. */
export interface Acceptor {
  /** Throws to refuse. */
  admit(from: Multiaddr): void
  accept(conn: ByteConnection): void
}

/**
 * Who listens where. Transports of one network reach each other; networks know nothing of one another.
 *
 * @example
 * const clock = new VirtualClock()
 * const network = new MemoryNetwork({ latencyMs: 50, clock })
 * const [a, b] = [memory({ network })(), memory({ network })()]
 */
export class MemoryNetwork {
  readonly latencyMs: number
  /** One-way trips so far, of everybody: bytes that one end sent in one tick, and two per dial as TCP's handshake. */
  flights = 0
  private readonly clock: Clock
  private readonly listeners = new Map<string, Acceptor>()
  private nextListening = 1
  private nextEphemeral = FIRST_EPHEMERAL_ADDRESS

  /** Throws an `InvalidParametersError` for a latency below 0. */
  constructor({ latencyMs = 0, clock = systemClock }: MemoryNetworkOptions = {}) {
    if (!(latencyMs >= 0)) throw new InvalidParametersError(`latencyMs must be 0 or more, not ${latencyMs}`)
    this.latencyMs = latencyMs
    this.clock = clock
  }

  /** Lets `acceptor` have the address, or a free one for `/memory/0`. Returns which. */
  listen(ma: Multiaddr, acceptor: Acceptor): Multiaddr {
    if (this.listeners.size >= MAX_LISTENERS) {
      throw new MemoryError('too-many-listeners', `cannot listen on ${ma}: ${MAX_LISTENERS} addresses listen already`)
    }
    const number = numberOf(ma)
    const free = number === '0' ? this.freeNumber() : number
    if (this.listeners.has(free)) throw new MemoryError('address-in-use', `somebody listens on ${ma} already`)
    this.listeners.set(free, acceptor)
    return multiaddr(`/memory/${free}`)
  }

  leave(ma: Multiaddr): void {
    this.listeners.delete(numberOf(ma))
  }

  /** Who listens there. Throws a `MemoryError` (`refused`) when nobody does. */
  acceptorAt(ma: Multiaddr): Acceptor {
    const acceptor = this.listeners.get(numberOf(ma))
    if (acceptor === undefined) throw new MemoryError('refused', `nobody listens on ${ma}`)
    return acceptor
  }

  /** An address for an end that only dials. */
  ephemeralAddress(): Multiaddr {
    return multiaddr(`/memory/${this.nextEphemeral++}`)
  }

  /** Counts a one-way trip, and calls `arrive` at its end: at once without latency. */
  fly(arrive: () => void): void {
    this.flights++
    this.later(arrive)
  }

  /** Calls `arrive` one latency from now. */
  later(arrive: () => void): void {
    if (this.latencyMs === 0) arrive()
    else this.clock.after(this.latencyMs, arrive)
  }

  /** There and back. Rejects with `signal.reason`. */
  async roundTrip(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      const back = (): void => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      this.fly(() => this.fly(back))
    })
  }

  private freeNumber(): string {
    while (this.listeners.has(String(this.nextListening))) this.nextListening++
    return String(this.nextListening++)
  }
}

function numberOf(ma: Multiaddr): string {
  const number = Memory.exactMatch(ma) ? ma.getComponents().find(c => c.code === CODE_MEMORY)?.value : undefined
  if (number === undefined) throw new MemoryError('unsupported-address', `${ma} is no memory address`)
  return number
}

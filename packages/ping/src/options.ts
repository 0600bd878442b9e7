import { InvalidParametersError } from '@ts-libp2p/interface'
import { MAX_INBOUND_STREAMS, PING_TIMEOUT_MS } from './limits.ts'

export interface PingOptions {
  /** Milliseconds that a ping may take, dialling included. Default 10,000. */
  readonly timeoutMs?: number
  /** Streams that a peer may open to us on one connection. Default 2, as the spec asks. */
  readonly maxInboundStreams?: number
  /**
   * Milliseconds between pings over every open connection that no relay limits. A connection whose ping times out is
   * aborted: this finds dead connections, at 32 bytes each way and one kept stream per connection. Default: off.
   */
  readonly intervalMs?: number
}

export type CheckedOptions = Required<Omit<PingOptions, 'intervalMs'>> & Pick<PingOptions, 'intervalMs'>

export function checked(options: PingOptions): CheckedOptions {
  const o = { timeoutMs: PING_TIMEOUT_MS, maxInboundStreams: MAX_INBOUND_STREAMS, ...options }
  if (!(o.timeoutMs > 0)) throw new InvalidParametersError(`timeoutMs must be above 0, not ${o.timeoutMs}`)
  if (!(Number.isInteger(o.maxInboundStreams) && o.maxInboundStreams > 0)) {
    throw new InvalidParametersError(`maxInboundStreams must be a positive integer, not ${o.maxInboundStreams}`)
  }
  if (o.intervalMs !== undefined && !(o.intervalMs > 0)) {
    throw new InvalidParametersError(`intervalMs must be above 0, not ${o.intervalMs}`)
  }
  return o
}

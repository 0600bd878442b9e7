import { InvalidParametersError } from '@ts-libp2p/interface'
import { MAX_DURATION_MS, MAX_INBOUND_STREAMS } from './limits.ts'

export interface PerfOptions {
  /** Bytes that a client may ask for at once. Default: no limit. */
  readonly maxDownloadBytes?: number
  /** Milliseconds that a client's transfer may take, both directions together. Default 300,000. */
  readonly maxDurationMs?: number
  /** Transfers that a client may run at once over one connection. Default 4. */
  readonly maxInboundStreams?: number
  /** Serve and measure over a relay's limited connections too, at the relay's cost. Default false. */
  readonly runOnLimitedConnection?: boolean
}

export function checked(options: PerfOptions): Required<PerfOptions> {
  const o = {
    maxDownloadBytes: Number.POSITIVE_INFINITY,
    maxDurationMs: MAX_DURATION_MS,
    maxInboundStreams: MAX_INBOUND_STREAMS,
    runOnLimitedConnection: false,
    ...options
  }
  if (!(o.maxDownloadBytes >= 0)) {
    throw new InvalidParametersError(`maxDownloadBytes must not be below 0: ${o.maxDownloadBytes}`)
  }
  if (!(o.maxDurationMs > 0)) throw new InvalidParametersError(`maxDurationMs must be above 0, not ${o.maxDurationMs}`)
  if (!(Number.isInteger(o.maxInboundStreams) && o.maxInboundStreams > 0)) {
    throw new InvalidParametersError(`maxInboundStreams must be a positive integer, not ${o.maxInboundStreams}`)
  }
  return o
}

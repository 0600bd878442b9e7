import { InvalidParametersError } from '@ts-libp2p/interface'
import {
  IDENTIFY_TIMEOUT_MS,
  MAX_CONCURRENT_IDENTIFY,
  MAX_MESSAGES,
  MAX_VERSION_CHARS,
  PUSH_DELAY_MS
} from './limits.ts'
import { AGENT_VERSION, PROTOCOL_VERSION } from './version.ts'

export interface IdentifyOptions {
  /** What we call ourselves. Default `ts-libp2p/<version>`; any text up to 256 characters, also an empty one. */
  readonly agentVersion?: string
  /** Default `ipfs/0.1.0`. */
  readonly protocolVersion?: string
  /** Identify every peer when a connection to it opens: one stream and some KiB per connection. Default true. */
  readonly runOnConnectionOpen?: boolean
  /** Milliseconds for one exchange, the opening of the stream included. Default 5,000. */
  readonly timeoutMs?: number
  /** Messages of up to 8 KiB that one answer may have. Default 10; memory per exchange grows with it. */
  readonly maxMessages?: number
  /** Connections identified at once after they opened; the others wait. Default 32. */
  readonly maxConcurrent?: number
  /** Milliseconds for which changes of our addresses and protocols are gathered before they are pushed. Default 1,000. */
  readonly pushDelayMs?: number
}

export type CheckedOptions = Required<IdentifyOptions>

const DEFAULTS: CheckedOptions = {
  agentVersion: AGENT_VERSION,
  protocolVersion: PROTOCOL_VERSION,
  runOnConnectionOpen: true,
  timeoutMs: IDENTIFY_TIMEOUT_MS,
  maxMessages: MAX_MESSAGES,
  maxConcurrent: MAX_CONCURRENT_IDENTIFY,
  pushDelayMs: PUSH_DELAY_MS
}

export function checked(options: IdentifyOptions): CheckedOptions {
  const o = { ...DEFAULTS, ...options }
  for (const name of ['timeoutMs', 'pushDelayMs'] as const) {
    if (!(o[name] > 0)) throw new InvalidParametersError(`${name} must be above 0, not ${o[name]}`)
  }
  for (const name of ['maxMessages', 'maxConcurrent'] as const) {
    if (!(Number.isInteger(o[name]) && o[name] > 0)) {
      throw new InvalidParametersError(`${name} must be a positive integer, not ${o[name]}`)
    }
  }
  for (const name of ['agentVersion', 'protocolVersion'] as const) {
    if (o[name].length > MAX_VERSION_CHARS) {
      throw new InvalidParametersError(`${name} may have ${MAX_VERSION_CHARS} characters, not ${o[name].length}`)
    }
  }
  return o
}

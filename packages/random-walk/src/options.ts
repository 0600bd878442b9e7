import { InvalidParametersError } from '@ts-libp2p/interface'
import * as limits from './limits.ts'
import type { WalkRouting } from './random-walk.ts'

export interface RandomWalkOptions {
  /** Whom to ask, `node.peerRouting` as a rule; a function where it is made later than this service. */
  readonly routing: WalkRouting | (() => WalkRouting)
  /** Lookups right after the start. Default 3. */
  readonly initialLookups?: number
  /** Milliseconds between lookups when nobody asks. Default 5 minutes. */
  readonly intervalMs?: number
  /** Milliseconds between lookups when somebody asks, whoever and however many. Default 1,000. */
  readonly minIntervalMs?: number
  /** Milliseconds that a lookup may take. Default 30,000. */
  readonly timeoutMs?: number
}

export interface CheckedOptions extends Required<RandomWalkOptions> {
  readonly routing: () => WalkRouting
}

export function checked(options: RandomWalkOptions): CheckedOptions {
  const { routing } = options
  const o = {
    routing: typeof routing === 'function' ? routing : () => routing,
    initialLookups: options.initialLookups ?? limits.INITIAL_LOOKUPS,
    intervalMs: options.intervalMs ?? limits.INTERVAL_MS,
    minIntervalMs: options.minIntervalMs ?? limits.MIN_INTERVAL_MS,
    timeoutMs: options.timeoutMs ?? limits.LOOKUP_TIMEOUT_MS
  }
  for (const name of ['intervalMs', 'minIntervalMs', 'timeoutMs'] as const) {
    if (!(Number.isFinite(o[name]) && o[name] > 0)) {
      throw new InvalidParametersError(`\`${name}\` must be above 0, not ${o[name]}`)
    }
  }
  if (Number.isInteger(o.initialLookups) && o.initialLookups >= 0) return o
  throw new InvalidParametersError(`\`initialLookups\` must be a whole number, not ${o.initialLookups}`)
}

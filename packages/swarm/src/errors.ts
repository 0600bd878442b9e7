import { Libp2pError, type Multiaddr } from '@ts-libp2p/interface'

/**
 * - `no-addresses`: no address of the peer is known, or a name has none
 * - `no-transport`: no transport here dials, or listens on, the address
 * - `dial-self`: the address or the peer is our own
 * - `denied`: the connection gater said no
 * - `too-many-dials`: as many dials as may be are under way or wait
 * - `too-many-streams`: the limit for a protocol on a connection is reached
 * - `too-many-connections`: the remote's host opens connections too fast, or too many handshakes are under way
 * - `handler-exists`: the protocol has a handler already
 * - `listen-failed`: none of the addresses could be listened on; `cause` has why
 * - `backoff`: the address failed a moment ago and is left alone for some seconds
 * - `superseded`: another attempt was faster, or the connection ended before it could be used
 * - `unprotected`: the transport brings its own encryption, which a private network does not allow
 * - `stopped`: the node is stopped, is stopping or was never started, or the protocol is not answered any more
 */
export type SwarmErrorCode =
  | 'no-addresses'
  | 'no-transport'
  | 'dial-self'
  | 'denied'
  | 'too-many-dials'
  | 'too-many-streams'
  | 'too-many-connections'
  | 'handler-exists'
  | 'listen-failed'
  | 'backoff'
  | 'superseded'
  | 'unprotected'
  | 'stopped'

/** The swarm refused or could not do something; `code` says which. */
export class SwarmError extends Libp2pError<SwarmErrorCode> {
  constructor(code: SwarmErrorCode, message: string, options?: ErrorOptions) {
    super('SwarmError', code, message, options)
  }
}

/** How far an attempt got: what failed is the last step it entered. */
export type DialStep = 'resolve' | 'gate' | 'transport' | 'protect' | 'security' | 'muxer' | 'done'

/** One address that a dial tried, or why it did not. */
export interface DialAttempt {
  readonly address: Multiaddr
  outcome: 'pending' | 'connected' | 'failed' | 'skipped' | 'cancelled'
  /** The last step entered. */
  step: DialStep
  /** When each step began, milliseconds after the dial began. */
  readonly steps: { step: DialStep; name?: string; atMs: number }[]
  /** Milliseconds from the beginning of the attempt to its end. */
  durationMs?: number
  error?: Error
  /** What a name resolved to. */
  children?: DialAttempt[]
}

/** A dial failed: `attempts` is everything that was tried, and `message` and `describe()` print it. */
export class DialError extends Libp2pError<'dial-failed'> {
  readonly attempts: readonly DialAttempt[]

  constructor(target: string, attempts: readonly DialAttempt[], options?: ErrorOptions) {
    super('DialError', 'dial-failed', `could not connect to ${target}${why(attempts, options?.cause)}`, options)
    this.attempts = attempts
  }

  /** The tree of attempts, a line each. */
  describe(): string {
    return describeAttempts(this.attempts)
  }
}

/** The tree of attempts; where nothing could be tried, why that is. */
function why(attempts: readonly DialAttempt[], cause: unknown): string {
  if (attempts.length > 0) return `\n${describeAttempts(attempts)}`
  return cause instanceof Error ? `: ${causes(cause)}` : ''
}

/** Prints attempts as an indented tree: address, outcome, how far it got and how long it took, and why. */
export function describeAttempts(attempts: readonly DialAttempt[], indent = '  '): string {
  return attempts
    .flatMap(attempt => [describe(attempt, indent), describeAttempts(attempt.children ?? [], `${indent}  `)])
    .filter(line => line !== '')
    .join('\n')
}

function describe(attempt: DialAttempt, indent: string): string {
  const { address, outcome, step, steps, durationMs, error } = attempt
  const name = steps.findLast(s => s.step === step)?.name
  const where = outcome === 'connected' || step === 'done' ? '' : ` at ${step}${name === undefined ? '' : ` ${name}`}`
  const time = durationMs === undefined ? '' : ` after ${Math.round(durationMs)} ms`
  return `${indent}${address}: ${outcome}${where}${time}${error === undefined ? '' : `: ${causes(error)}`}`
}

/** `message: cause: its cause`, without saying the same thing twice. */
function causes(error: Error): string {
  const seen: string[] = []
  for (let e: unknown = error; e instanceof Error && seen.length < 5; e = e.cause) {
    const text = e.message === '' ? e.name : e.message
    if (!seen.some(s => s.includes(text))) seen.push(text)
  }
  return seen.join(': ')
}

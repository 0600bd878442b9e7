import type { ByteConnection } from '@ts-libp2p/stream'
import { quiet } from '#turn'
import { TestingError } from './errors.ts'
import type { Flight } from './flights.ts'
import { MAX_IDLE_TURNS, PATIENCE_TURNS } from './limits.ts'
import { VirtualClock } from './virtual-clock.ts'
import { Wire, type WireOptions } from './wire.ts'

export interface CountOptions extends Omit<WireOptions, 'latencyMs'> {
  clock?: VirtualClock
  /** One-way, milliseconds. Default 100. */
  latencyMs?: number
  /** Event loop turns that native asynchronous work gets before time moves. Default 200. */
  patienceTurns?: number
}

export interface RoundTrips<Result> {
  result: Result
  /** Round trips until `run` was done, in halves: 1.5 means there, back and there. */
  roundTrips: number
  flights: readonly Flight[]
}

/**
 * Counts the round trips that an exchange takes: runs it over a wire with latency, in virtual time, and looks at the
 * clock when the promise of `run` is resolved.
 *
 * @example
 * const { roundTrips } = await countRoundTrips({}, ([client, server]) => {
 *   void answer(server)
 *   return ask(client)
 * })
 * expect(roundTrips).toBe(1)
 */
export async function countRoundTrips<Result>(
  options: CountOptions,
  run: (ends: readonly [ByteConnection, ByteConnection], clock: VirtualClock) => Promise<Result>
): Promise<RoundTrips<Result>> {
  const { clock = new VirtualClock(), latencyMs = 100, patienceTurns = PATIENCE_TURNS, ...wireOptions } = options
  const wire = new Wire({ ...wireOptions, clock, latencyMs })
  const startMs = clock.now()
  const result = await inVirtualTime(clock, run(wire.ends, clock), { patienceTurns })
  return { result, roundTrips: (clock.now() - startMs) / (2 * latencyMs), flights: wire.flights }
}

/**
 * Moves virtual time on, timer by timer, until the promise is settled, and passes its outcome on. Between two timers
 * native asynchronous work gets `patienceTurns` turns of the event loop. Rejects with a `TestingError` (`deadlock`) when
 * no timer is left and nothing moves any more.
 */
export async function inVirtualTime<Result>(
  clock: VirtualClock,
  promise: Promise<Result>,
  options: { patienceTurns?: number } = {}
): Promise<Result> {
  const patience = options.patienceTurns ?? PATIENCE_TURNS
  let isSettled = false
  const note = (): void => {
    isSettled = true
  }
  promise.then(note, note)
  for (let idleTurns = 0; ; idleTurns++) {
    await quiet()
    if (isSettled) return promise
    if (idleTurns >= MAX_IDLE_TURNS) throw new TestingError('deadlock', 'no timer is set and nothing happens any more')
    if (idleTurns < patience || clock.nextTimerAt === undefined) continue
    idleTurns = 0
    await clock.advanceTo(clock.nextTimerAt)
  }
}

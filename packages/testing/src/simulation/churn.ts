import type { Undo } from '@ts-libp2p/interface'
import type { SeededRandom } from '../seeded-random.ts'
import { WARM_UP_MS } from './limits.ts'
import { type Duration, KAD_ABSENCE, KAD_SESSION } from './sessions.ts'

export interface ChurnOptions {
  /** How long they stay. Default `KAD_SESSION`. */
  session?: Duration
  /** How long they are away. Default `KAD_ABSENCE`. */
  absence?: Duration
  /**
   * Where they stand at the beginning. `steady`: as if it had gone on for a month already, so that some are away and
   * those who are there have been for a while. `up`: all begin a session now. Default `steady`.
   */
  begin?: 'steady' | 'up'
}

/** Somebody who comes and goes. */
export interface Comer {
  come(): void
  go(): void
}

export interface Churn {
  /** Times that somebody came, after the beginning. */
  readonly arrivals: number
  /** Times that somebody went, those who were away from the beginning not counted. */
  readonly departures: number
  /** Lets everybody be as they are. */
  stop(): void
}

/** Where somebody stands in an endless row of sessions and absences. */
interface Standing {
  readonly isUp: boolean
  /** For how much longer, milliseconds. */
  readonly leftMs: number
}

/** Lets everybody, who is up now, come and go by chance. */
export function startChurn(
  comers: readonly Comer[],
  { session = KAD_SESSION, absence = KAD_ABSENCE, begin = 'steady' }: ChurnOptions,
  random: SeededRandom,
  after: (ms: number, fn: () => void) => Undo
): Churn {
  const counts = { arrivals: 0, departures: 0 }
  const undos = new Map<Comer, Undo>()
  const set = (comer: Comer, ms: number, fn: () => void): void => void undos.set(comer, after(ms, fn))
  const leave = (comer: Comer): void => {
    counts.departures++
    comer.go()
    set(comer, absence(random), () => arrive(comer))
  }
  const arrive = (comer: Comer): void => {
    counts.arrivals++
    comer.come()
    set(comer, session(random), () => leave(comer))
  }
  for (const comer of comers) {
    const { isUp, leftMs } = begin === 'up' ? { isUp: true, leftMs: session(random) } : steady(session, absence, random)
    if (!isUp) comer.go()
    set(comer, leftMs, () => (isUp ? leave(comer) : arrive(comer)))
  }
  const stop = (): void => {
    for (const undo of undos.values()) undo()
  }
  return {
    get arrivals() {
      return counts.arrivals
    },
    get departures() {
      return counts.departures
    },
    stop
  }
}

/** Where somebody stands who began long ago, at a moment that has nothing to do with ours. */
function steady(session: Duration, absence: Duration, random: SeededRandom): Standing {
  let isUp = random.chance(0.5)
  for (let atMs = -WARM_UP_MS * (1 + random.float()); ; isUp = !isUp) {
    atMs += Math.max(1, (isUp ? session : absence)(random))
    if (atMs >= 0) return { isUp, leftMs: atMs }
  }
}

import type { Random } from '@ts-libp2p/interface'
import { MAX_RECORDS_PER_ANSWER, MIN_ANSWER_INTERVAL_MS } from './limits.ts'
import { shortDelay } from './query-schedule.ts'

/** What is asked of us on a network, gathered until it is answered. */
export interface Wanted {
  /** The names under which we were asked for: the service, or a subtype. Empty: nobody asked for us. */
  readonly ourselves: Set<string>
  /** Which services there are. */
  isEnumeration: boolean
  /** Names of records. */
  readonly records: Set<string>
}

interface Pending {
  at: number
  wanted: Wanted
}

/** Answers, gathered for a moment, and no two within a second on one network, however often somebody asks. */
export class AnswerSchedule {
  private readonly random: Pick<Random, 'float'>
  private readonly pending = new Map<string, Pending>()
  private readonly answeredAt = new Map<string, number>()

  constructor(random: Pick<Random, 'float'>) {
    this.random = random
  }

  /** When the next answer is due. */
  get at(): number {
    let at = Number.POSITIVE_INFINITY
    for (const pending of this.pending.values()) at = Math.min(at, pending.at)
    return at
  }

  want(network: string, now: number, add: (wanted: Wanted) => void): void {
    const earliest = (this.answeredAt.get(network) ?? Number.NEGATIVE_INFINITY) + MIN_ANSWER_INTERVAL_MS
    const pending = this.pending.get(network) ?? {
      at: Math.max(now + shortDelay(this.random), earliest),
      wanted: { ourselves: new Set(), isEnumeration: false, records: new Set() }
    }
    this.pending.set(network, pending)
    add(pending.wanted)
  }

  /** What is due. Of records the first are taken, the others wait for the next turn. */
  take(now: number): { readonly network: string; readonly wanted: Wanted }[] {
    const due = [...this.pending].filter(([, { at }]) => at <= now)
    return due.map(([network, { wanted }]) => {
      this.pending.delete(network)
      this.answeredAt.set(network, now)
      const [first, rest] = split(wanted.records)
      if (rest.length > 0) this.want(network, now, later => rest.forEach(name => void later.records.add(name)))
      return { network, wanted: { ...wanted, records: new Set(first) } }
    })
  }

  /** Forgets networks that are gone. */
  keepOnly(networks: ReadonlySet<string>): void {
    for (const map of [this.pending, this.answeredAt]) {
      for (const network of map.keys()) if (!networks.has(network)) map.delete(network)
    }
  }
}

function split(names: ReadonlySet<string>): [string[], string[]] {
  const all = [...names]
  return [all.slice(0, MAX_RECORDS_PER_ANSWER), all.slice(MAX_RECORDS_PER_ANSWER)]
}

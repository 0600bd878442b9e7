import type { Contact } from '../contact.ts'

export interface Entry {
  contact: Contact
  /** The networks that it is in. Empty on private networks. */
  readonly groups: readonly string[]
  isConnected: boolean
  /** When it answered last, or was added. Unix milliseconds. */
  aliveAt: number
  /** Requests in a row that it left unanswered. */
  failures: number
}

/** A peer that wants the place of another, which is being asked whether it is still there. */
interface Pending {
  readonly entry: Entry
  readonly rival: string
  readonly until: number
}

/** Up to k peers of one distance range. */
export class Bucket {
  readonly entries: Map<string, Entry> = new Map()
  pending: Pending | undefined
  private responsive: readonly Entry[] | undefined

  /** Those that did not fail of late. Remembered until `changed` is called: every request asks for it. */
  get good(): readonly Entry[] {
    this.responsive ??= [...this.entries.values()].filter(({ failures }) => failures === 0)
    return this.responsive
  }

  /** An entry came, went, failed or answered again. */
  changed(): void {
    this.responsive = undefined
  }

  /** How many of its peers are in a network. */
  countOf(group: string): number {
    let count = 0
    for (const { groups } of this.entries.values()) if (groups.includes(group)) count++
    return count
  }

  /** The peer that should go if one has to: one that failed before one that did not, else the one longest quiet. */
  weakest(): Entry | undefined {
    let weakest: Entry | undefined
    for (const entry of this.entries.values()) {
      if (weakest === undefined || isWeaker(entry, weakest)) weakest = entry
    }
    return weakest
  }
}

function isWeaker(a: Entry, b: Entry): boolean {
  if (a.failures !== b.failures) return a.failures > b.failures
  if (a.isConnected !== b.isConnected) return b.isConnected
  return a.aliveAt < b.aliveAt
}

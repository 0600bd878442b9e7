/** Milliseconds that an address is left alone after its first failure. go-libp2p: 5 s. */
const BASE_MS = 5_000
/** Added for each further failure, squared. go-libp2p: 1 s. */
const STEP_MS = 1_000
/** The longest that an address is left alone. go-libp2p: 5 min. */
const MAX_MS = 300_000

interface Entry {
  failures: number
  until: number
}

/** Remembers addresses that failed, for a while that grows with their failures: 5 s + n² s, up to 5 min. */
export class DialBackoff {
  private readonly entries = new Map<string, Entry>()
  private readonly maxEntries: number

  constructor(maxEntries: number) {
    this.maxEntries = maxEntries
  }

  get size(): number {
    return this.entries.size
  }

  /** Milliseconds until the address may be tried again; 0 when now. */
  remainingMs(address: string, now: number): number {
    const entry = this.entries.get(address)
    return entry === undefined ? 0 : Math.max(0, entry.until - now)
  }

  failed(address: string, now: number): void {
    const failures = (this.entries.get(address)?.failures ?? 0) + 1
    // Deleted first: a Map keeps insertion order, so the first entry is the one that failed longest ago.
    this.entries.delete(address)
    const waitMs = Math.min(MAX_MS, BASE_MS + STEP_MS * (failures - 1) ** 2)
    this.entries.set(address, { failures, until: now + waitMs })
    if (this.entries.size <= this.maxEntries) return
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest)
      break
    }
  }

  succeeded(address: string): void {
    this.entries.delete(address)
  }

  clear(): void {
    this.entries.clear()
  }
}

import type { ComponentLogger, Logger } from '@ts-libp2p/interface'

/** Kinds of errors that are told apart: a node has some dozens. */
const MAX_KINDS = 1000

/**
 * A log that keeps the errors a node was told of, by name and code: `YamuxError window-exceeded`. Causes count too, since
 * the reason for a loss is often the cause of what is logged. Lines are thrown away: a flood must not fill our memory.
 */
export class ErrorLog implements ComponentLogger {
  private readonly counts = new Map<string, number>()

  /** How often an error of this kind was logged. */
  count(kind: string): number {
    return this.counts.get(kind) ?? 0
  }

  /** Every kind that was logged, and how often. */
  get kinds(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts)
  }

  forComponent(name: string): Logger {
    const note = (_: unknown, ...args: unknown[]): void => {
      for (const arg of args) this.note(arg)
    }
    return Object.assign(note, {
      error: note,
      trace: note,
      enabled: true,
      newScope: (scope: string) => this.forComponent(`${name}:${scope}`)
    })
  }

  private note(err: unknown): void {
    const seen = new Set<unknown>()
    for (let at = err; at instanceof Error && !seen.has(at); at = at.cause) {
      seen.add(at)
      const kind = kindOf(at)
      if (this.counts.size < MAX_KINDS || this.counts.has(kind)) this.counts.set(kind, this.count(kind) + 1)
    }
  }
}

/** What an error is, for people and for tables: its stable name and code. */
function kindOf(err: unknown): string {
  if (!(err instanceof Error)) return String(err)
  const { code } = err as { code?: unknown }
  return typeof code === 'string' ? `${err.name} ${code}` : err.name
}

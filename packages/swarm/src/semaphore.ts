import type { Undo } from '@ts-libp2p/interface'

/** A number of places; whoever comes when all are taken waits in line. */
export class Semaphore {
  private free: number
  private readonly line: (() => void)[] = []

  constructor(places: number) {
    this.free = places
  }

  /** Calls `enter` when there is a place, at once if possible. The result leaves the line, before that. */
  take(enter: () => void): Undo {
    if (this.free > 0) {
      this.free--
      enter()
      return () => {}
    }
    this.line.push(enter)
    return () => {
      const at = this.line.indexOf(enter)
      if (at >= 0) this.line.splice(at, 1)
    }
  }

  release(): void {
    const next = this.line.shift()
    if (next === undefined) this.free++
    else next()
  }
}

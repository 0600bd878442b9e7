import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../stats.ts'
import { allocatedBytes, type Count, type Flow } from './protocol.ts'

/** Counts what happens in a span of time after a warm-up. */
export class Window {
  private readonly from: number
  private readonly to: number
  private count = 0

  constructor({ warmupMs, durationMs }: { warmupMs: number; durationMs: number }) {
    this.from = performance.now() + warmupMs
    this.to = this.from + durationMs
  }

  /** Something was done. False once the time is over. */
  tick(): boolean {
    const now = performance.now()
    if (now >= this.from && now < this.to) this.count++
    return now < this.to
  }

  result(): Count {
    return { count: this.count, ms: this.to - this.from }
  }
}

/** Does something again and again, `parallel` at a time, for as long as the window is open. */
export async function repeat(window: Window, parallel: number, once: () => Promise<void>): Promise<Count> {
  const worker = async (): Promise<void> => {
    do await once()
    while (window.tick())
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return window.result()
}

/** Bytes read, stream by stream. */
export class Readings {
  private readonly streams = new Set<{ bytes: number }>()

  open(): { bytes: number } {
    const reading = { bytes: 0 }
    this.streams.add(reading)
    return reading
  }

  close(reading: { bytes: number }): void {
    this.streams.delete(reading)
  }

  async measure({ warmupMs, durationMs }: { warmupMs: number; durationMs: number }): Promise<Flow> {
    await sleep(warmupMs)
    const before = new Map([...this.streams].map(reading => [reading, reading.bytes]))
    const [startedAt, allocatedBefore] = [performance.now(), allocatedBytes()]
    await sleep(durationMs)
    const ms = performance.now() - startedAt
    const deltas = [...this.streams].map(reading => reading.bytes - (before.get(reading) ?? 0))
    return {
      ms,
      bytes: deltas.reduce((sum, delta) => sum + delta, 0),
      slowestToMedian: deltas.length === 0 ? 0 : Math.min(...deltas) / median(deltas),
      allocatedBytes: allocatedBytes() - allocatedBefore
    }
  }
}

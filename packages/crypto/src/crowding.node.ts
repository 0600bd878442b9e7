import { performance } from 'node:perf_hooks'

/** Milliseconds from one look to the next. */
const LOOK_EACH_MS = 100
/** The part of the time in which this thread had something to do for which the process must have been on a processor. */
const ENOUGH = 0.9

/** What is measured, in milliseconds since some time. */
export interface Times {
  readonly now: number
  /** In which this thread had something to do. */
  readonly active: number
  /** Of processors, for all threads of the process. */
  readonly cpu: number
}

/** Whether there are too few processors for what runs on this machine: another thread would only be one more to wait. */
export class Crowding {
  private readonly times: () => Times
  private last: Times
  private isCrowded = false

  constructor(times: () => Times = timesOfProcess) {
    this.times = times
    this.last = times()
  }

  /** `now` is in milliseconds, as those of `times`. */
  look(now: number): boolean {
    if (now - this.last.now < LOOK_EACH_MS) return this.isCrowded
    const { last } = this
    this.last = this.times()
    this.isCrowded = this.last.cpu - last.cpu < ENOUGH * (this.last.active - last.active)
    return this.isCrowded
  }
}

export function timesOfProcess(): Times {
  const { user, system } = process.cpuUsage()
  const { active } = performance.eventLoopUtilization()
  return { now: performance.now(), active, cpu: (user + system) / 1000 }
}

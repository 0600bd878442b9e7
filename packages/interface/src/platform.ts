import type { Undo } from './events.ts'

/** Time as the stack sees it: injected, so that the same code runs on the wall clock or in virtual time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. Never goes backwards within a process. */
  now(): number
  /** Calls `fn` once, `ms` milliseconds from now. Does not keep the process alive. */
  after(ms: number, fn: () => void): Undo
}

/** Chance as the stack sees it: injected, so that a run can be repeated from a seed. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer>
  /** A float in [0, 1). */
  float(): number
}

/** Writes one line of a component's log. `formatter` may hold `%s`, `%d`, `%o`, `%p` (peer id), `%a` (multiaddr), `%e` (error). */
export interface Logger {
  // biome-ignore lint/suspicious/noExplicitAny: anything can be logged
  (formatter: any, ...args: any[]): void
  // biome-ignore lint/suspicious/noExplicitAny: anything can be logged
  error(formatter: any, ...args: any[]): void
  // biome-ignore lint/suspicious/noExplicitAny: anything can be logged
  trace(formatter: any, ...args: any[]): void
  /** False when nothing is written: check it before building costly arguments. */
  enabled: boolean
  newScope(name: string): Logger
}

export interface ComponentLogger {
  forComponent(name: string): Logger
}

export interface LoggerOptions {
  log: Logger
}

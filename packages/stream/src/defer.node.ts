import { createDefer } from './create-defer.ts'

/**
 * Runs `fn` when the current callback and its microtasks are done, before any I/O: what they wrote leaves together.
 * `nextTick` alone would run between a socket's callback and the promises that it settled.
 */
export const defer: (fn: () => void) => void = createDefer(run => queueMicrotask(() => process.nextTick(run)))

/** Runs `fn` when all that has arrived by now was read, from every socket. */
export const afterInput: (fn: () => void) => void = createDefer(run => setImmediate(run))

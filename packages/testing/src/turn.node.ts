import { defer } from '@ts-libp2p/stream'

// Kept from before any test can replace it with a fake timer.
const immediate = globalThis.setImmediate

/** One turn of the event loop: every microtask and deferred tick that is due runs, and those that they schedule. */
export function turn(): Promise<void> {
  return new Promise(resolve => immediate(resolve))
}

/** Runs `fn` after all promises, as real input would come. */
export function asInput(fn: () => void): void {
  // A tick set by a tick runs before promises do; set by a microtask it runs after all of them.
  queueMicrotask(() => defer(fn))
}

/** Turns of the event loop until nothing waits for one: in Node a turn is only over then. */
export async function quiet(): Promise<void> {
  await turn()
}

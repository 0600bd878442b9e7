// Kept from before any test can replace it with a fake timer.
const immediate = globalThis.setImmediate

/** One turn of the event loop: every microtask and deferred tick that is due runs, and those that they schedule. */
export function turn(): Promise<void> {
  return new Promise(resolve => immediate(resolve))
}

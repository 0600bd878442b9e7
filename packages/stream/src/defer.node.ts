/** Runs `fn` when the current callback and its microtasks are done, before any I/O: what they wrote leaves together. */
export const defer: (fn: () => void) => void = process.nextTick

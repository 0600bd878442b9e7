/** Runs `fn` when the current callback is done: what it wrote leaves together. */
export const defer: (fn: () => void) => void = fn => queueMicrotask(fn)

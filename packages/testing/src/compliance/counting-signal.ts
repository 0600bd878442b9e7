/** A real signal that knows how many listeners it has, to find those that are left on it. */
export function countingSignal(): { signal: AbortSignal; listeners: () => number; abort: (reason: Error) => void } {
  const controller = new AbortController()
  const { signal } = controller
  const listeners = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    const [, listener, options] = args
    listeners.add(listener)
    add(...args)
    // What listens once is gone when it was called.
    if (typeof options === 'object' && options.once === true) add('abort', () => listeners.delete(listener))
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.delete(args[1])
    remove(...args)
  }
  return { signal, listeners: () => listeners.size, abort: reason => controller.abort(reason) }
}

/** Somebody who waits for a promise to be settled. */
export interface Waiter<T> {
  resolve(value: T): void
  reject(err: unknown): void
}

/** Waits in `line` until somebody settles the waiter, or `signal` aborts: then it leaves the line and rejects. */
export function abortable<T>(line: Waiter<T>[], signal?: AbortSignal): Promise<T> {
  if (signal?.aborted === true) return Promise.reject(signal.reason)
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => {
      const at = line.indexOf(waiter)
      if (at >= 0) line.splice(at, 1)
      reject(signal?.reason)
    }
    const done = (): void => signal?.removeEventListener('abort', leave)
    const waiter: Waiter<T> = {
      resolve(value) {
        done()
        resolve(value)
      },
      reject(err) {
        done()
        reject(err)
      }
    }
    signal?.addEventListener('abort', leave, { once: true })
    line.push(waiter)
  })
}

export function toError(err: unknown): Error {
  return err instanceof Error ? err : new Error(String(err))
}

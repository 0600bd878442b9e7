import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collections after which nothing more comes free: one may only prepare the next. */
const COLLECTIONS = 3

let collect: (() => void) | undefined

/**
 * Bytes of objects and of array buffers in use, once nothing more can be collected. Node only.
 *
 * @example
 * const before = await usedBytes()
 * // … open and close things
 * expect((await usedBytes()) - before).toBeLessThan(1024 * 1024)
 */
export async function usedBytes(): Promise<number> {
  for (let i = 0; i < COLLECTIONS; i++) {
    await new Promise(resolve => setImmediate(resolve))
    collectGarbage()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Collects all garbage now, without a flag on the command line. Node only. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}

import { availableParallelism } from 'node:os'
import { CheckingThread } from './checking-thread.node.ts'
import type { VerifierThread } from './verifier-thread.ts'

/**
 * Uses the thread that checks Ed25519 signatures for all of this process. It is started when there is much to check, and
 * does not keep the process alive. Undefined where there is no processor for it.
 */
export const useVerifierThread: () => VerifierThread | undefined = shareThread(() => new CheckingThread())

/** Shares what `start` makes: it is made for the first use, and stopped with the last. */
export function shareThread(start: () => CheckingThread): () => VerifierThread | undefined {
  let shared: CheckingThread | undefined
  let uses = 0
  return () => {
    if (availableParallelism() === 1) return undefined
    shared ??= start()
    uses++
    const thread = shared
    let isOpen = true
    return {
      take: (check, answer) => isOpen && thread.take(check, isValid => isOpen && answer(isValid)),
      async close() {
        if (!isOpen) return
        isOpen = false
        if (--uses > 0) return
        shared = undefined
        await thread.stop()
      }
    }
  }
}

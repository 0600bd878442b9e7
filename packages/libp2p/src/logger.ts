import type { ComponentLogger } from '@ts-libp2p/interface'
import { noLog } from '@ts-libp2p/stream'

/**
 * Logs by component to the console, off by default: `DEBUG=libp2p:*` in the environment, or `localStorage.debug` in a
 * browser, switches components on; `libp2p:*:trace` adds the fine grain. Both are read once, when the node is made.
 */
export async function defaultLogger(): Promise<ComponentLogger> {
  return isSwitchedOn() ? (await import('./debug-log.ts')).debugLogger() : { forComponent: () => noLog }
}

function isSwitchedOn(): boolean {
  const { process } = globalThis as {
    process?: { env?: Record<string, string | undefined>; versions?: { node?: string } }
  }
  if (process?.env?.DEBUG) return true
  try {
    // Node warns whoever looks at its storage when it has no file for it.
    return process?.versions?.node === undefined && Boolean(globalThis.localStorage?.getItem('debug'))
  } catch {
    // Storage is denied to this page.
    return false
  }
}

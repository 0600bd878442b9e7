import type { ComponentLogger } from '@ts-libp2p/interface'
import { noLog } from '@ts-libp2p/stream'
import { isDebugOn } from '#environment'

/**
 * Logs by component to the console, off by default: `DEBUG=libp2p:*` in the environment, or `localStorage.debug` in a
 * browser, switches components on; `libp2p:*:trace` adds the fine grain. Both are read once, when the node is made.
 */
export async function defaultLogger(): Promise<ComponentLogger> {
  return isDebugOn() ? (await import('./debug-log.ts')).debugLogger() : { forComponent: () => noLog }
}

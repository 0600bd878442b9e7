import type { SwarmConnection } from './connection.ts'
import type { Pruning } from './least-valuable.ts'

/** As in Node, but loaded with the first connection too many. */
export async function leastValuable(pruning: Pruning): Promise<SwarmConnection[]> {
  return (await import('./least-valuable.ts')).leastValuable(pruning)
}

import type { Workload } from '../workload.ts'
import { bundle, coldImport } from './cold.ts'
import { dht } from './dht.ts'
import { dialRtt } from './dial-rtt.ts'
import { dial, echo32, streams, streamsParallel } from './exchanges.ts'
import { gossip } from './gossip.ts'
import { idle } from './idle.ts'
import { install } from './install.ts'
import { soak } from './soak.ts'
import { download64k, manyStreams, upload1k, upload64k, wsUpload64k } from './throughput.ts'

/** In the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  ...[upload64k, download64k, upload1k, wsUpload64k],
  ...[echo32, streams, streamsParallel, dial, dialRtt],
  ...[gossip, dht],
  ...[idle, manyStreams, soak],
  ...[coldImport, install, bundle]
]

/** Workloads with that name, or with a row of that name. */
export function named(names: readonly string[]): Workload[] {
  const unknown = names.filter(name => !WORKLOADS.some(workload => isNamed(workload, [name])))
  if (unknown.length === 0) return WORKLOADS.filter(workload => isNamed(workload, names))
  throw new Error(
    `no workload is called ${unknown.join(', ')}; there are ${WORKLOADS.map(({ name }) => name).join(', ')}`
  )
}

function isNamed(workload: Workload, names: readonly string[]): boolean {
  return names.some(name => workload.name === name || workload.rows.some(row => row.name === name))
}

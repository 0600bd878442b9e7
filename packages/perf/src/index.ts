/**
 * The perf protocol, `/perf/1.0.0`: how many bytes per second go to a peer, and come back?
 *
 * @example
 * const node = await createLibp2p({ services: { perf: perf() } })
 * for await (const report of node.services.perf.measurePerformance(address, 1e9, 1e9)) console.log(report)
 *
 * Spec: https://github.com/libp2p/specs/blob/master/perf/perf.md
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { checked, type PerfOptions } from './options.ts'
import { type Perf, PerfService } from './perf.ts'

export { PerfError, type PerfErrorCode } from './errors.ts'
export * from './limits.ts'
export type { PerfOptions } from './options.ts'
export { type MeasurePerformanceOptions, PERF_PROTOCOL, type Perf, type PerfReport } from './perf.ts'

/** Serves and measures transfers. Throws an `InvalidParametersError` for options out of range. */
export function perf(options: PerfOptions = {}): ServiceFactory<Perf> {
  const o = checked(options)
  return node => new PerfService(node, o)
}

import type { Metrics } from '@ts-libp2p/interface'
import type { MuxerCount } from './muxer-core.ts'

/** Counts streams opened, rejected and reset, and sessions failed, as `libp2p_<name>_events_total`. */
export function muxerCounter(name: string, metrics?: Metrics): ((what: MuxerCount) => void) | undefined {
  const group = metrics?.registerCounterGroup(`libp2p_${name}_events_total`, {
    label: 'event',
    help: `Streams opened, rejected and reset, and sessions failed, of ${name}`
  })
  return group === undefined ? undefined : what => group.increment({ [what]: true })
}

import { exactly, KAD_SESSION } from '@ts-libp2p/testing/simulation'
import type { SimNetwork } from './sim-network.ts'

/** Those who left come back after a minute, with the same id and nothing else: the network keeps its size. */
const ABSENCE_MS = 60_000

/**
 * Lets everybody but the bootstrap nodes come and go, for sessions as long as those measured in KAD (see `KAD_SESSION`:
 * half of them under 1.6 hours), and a share of them fall silent.
 */
export function unsettle(net: SimNetwork, silent: number): void {
  net.silence(silent)
  const absence = exactly(ABSENCE_MS)
  net.cores.churn({ cores: net.transient(), session: KAD_SESSION, absence, begin: 'up' })
}

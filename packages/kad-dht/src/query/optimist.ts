import type { Contact } from '../contact.ts'
import type { Core } from '../core.ts'
import { distanceShare, type Key, keyOf } from '../key.ts'
import { type Thresholds, thresholdsFor } from '../lookup/thresholds.ts'
import type { LookupRun } from './lookup-run.ts'

/**
 * Looks on as a lookup goes, and says who is near enough already to be told of a record, and when it has gone far enough.
 *
 * Ids that were made for the key make the nearest peers look near before the honest ones are known. So where some are
 * nearer than chance has them, the lookup goes on until everybody known of the region around the key was asked, as
 * without optimism, and all of them are told.
 */
export class Optimist {
  private readonly run: LookupRun
  private readonly target: Key
  private readonly k: number
  private readonly thresholds: Thresholds

  constructor({ k }: Pick<Core, 'k'>, run: LookupRun, key: Uint8Array, networkSize: number) {
    this.run = run
    this.target = keyOf(key)
    this.k = k
    this.thresholds = thresholdsFor(k, networkSize)
  }

  /** Peers that are among the nearest in all likelihood. Ends the lookup when hardly any nearer ones can be left. */
  onAnswer(): Contact[] {
    const nearest = this.run.nearest()
    const shares = nearest.map(peer => distanceShare(this.target, peer.key))
    if (this.isFarEnough(shares)) this.run.stop()
    return nearest.filter((_, i) => (shares[i] as number) < this.thresholds.individualShare)
  }

  /** Who is to be told after all. */
  all(): Contact[] {
    return [...new Set([...this.run.nearest(), ...this.run.region()])]
  }

  private isFarEnough(shares: readonly number[]): boolean {
    const { setShare, crowdShares } = this.thresholds
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    if (shares.length < this.k || mean >= setShare) return false
    const isCrowded = shares.some((share, i) => share < (crowdShares[i] as number))
    return !isCrowded || this.run.hasRegion()
  }
}

import { distanceShare, type Key } from '../key.ts'
import { K, MAX_SIZE_SAMPLES, MIN_SIZE_SAMPLES, SIZE_SAMPLE_AGE_MS } from '../limits.ts'

/** The distances of the nearest peers that one lookup found, as shares of the key space. */
interface Sample {
  readonly atMs: number
  readonly shares: readonly number[]
}

/**
 * How many peers the network has, from how densely they lie around the targets of lookups. Of N peers spread evenly the
 * i-th nearest lies i/(N+1) of the key space away on average: a straight line through the origin, whose slope is
 * fitted over all samples.
 *
 * Pure: told of lookups and of the time. As in go-libp2p's `netsize`; "A global size estimate of the IPFS network",
 * https://github.com/libp2p/go-libp2p-kad-dht/tree/master/netsize
 */
export class NetworkSize {
  private readonly k: number
  private readonly samples: Sample[] = []

  constructor(k: number = K) {
    this.k = k
  }

  /** A lookup ended: `closest` are the peers it found, the nearest first. Lookups that found fewer than k say nothing. */
  learn(target: Key, closest: readonly { readonly key: Key }[], now: number): void {
    if (closest.length < this.k) return
    const shares = closest.slice(0, this.k).map(({ key }) => distanceShare(target, key))
    this.samples.push({ atMs: now, shares })
    if (this.samples.length > MAX_SIZE_SAMPLES) this.samples.shift()
  }

  /** The estimate, or undefined while there are too few recent lookups to tell. */
  estimate(now: number): number | undefined {
    while (this.samples[0] !== undefined && now - this.samples[0].atMs > SIZE_SAMPLE_AGE_MS) this.samples.shift()
    if (this.samples.length < MIN_SIZE_SAMPLES) return undefined
    let products = 0
    let squares = 0
    for (let i = 1; i <= this.k; i++) {
      products += i * this.meanShare(i - 1)
      squares += i * i
    }
    return Math.max(this.k, squares / products - 1)
  }

  private meanShare(index: number): number {
    let sum = 0
    for (const { shares } of this.samples) sum += shares[index] as number
    return sum / this.samples.length
  }
}

/**
 * When a record need not be taken any further, judged from how large the network is.
 *
 * Of N peers spread evenly, the number within a share x of the key space is Poisson distributed with mean N·x. So the
 * k-th nearest to a key lies beyond x with the probability that fewer than k peers are within.
 *
 * As in go-libp2p's optimistic provide; Trautwein et al., "IPFS in the Fast Lane",
 * https://arxiv.org/abs/2303.05434
 */
export interface Thresholds {
  /** A peer within this share is one of the k nearest with a probability of 90 %. */
  readonly individualShare: number
  /** The mean share of the k nearest known at which hardly any nearer ones are left to be found. */
  readonly setShare: number
  /** Where the i-th nearest, from 0, lies within the i-th of these, it is hardly by chance: ids that were made for the key do. */
  readonly crowdShares: readonly number[]
}

const INDIVIDUAL_CERTAINTY = 0.9
const SET_STRICTNESS = 0.1
/** So often does a place give a false alarm where the size is known well. One costs the lookup its early end. */
const CROWD_CHANCE = 0.001

export function thresholdsFor(k: number, networkSize: number): Thresholds {
  return {
    individualShare: meanAtWhichFewer(k, INDIVIDUAL_CERTAINTY) / networkSize,
    setShare: meanAtWhichFewer(Math.floor(k / 2) + 1, SET_STRICTNESS) / networkSize,
    crowdShares: Array.from({ length: k }, (_, i) => meanAtWhichFewer(i + 1, 1 - CROWD_CHANCE) / networkSize)
  }
}

/** The mean of the Poisson distribution that stays below `count` with this probability. By halving: it falls steadily. */
function meanAtWhichFewer(count: number, probability: number): number {
  let low = 0
  let high = 10 * count + 100
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (chanceOfFewer(count, middle) > probability) low = middle
    else high = middle
  }
  return low
}

/** e^−m · Σ mⁱ/i! for i below `count`. */
function chanceOfFewer(count: number, mean: number): number {
  let term = Math.exp(-mean)
  let sum = 0
  for (let i = 0; i < count; i++) {
    sum += term
    term *= mean / (i + 1)
  }
  return sum
}

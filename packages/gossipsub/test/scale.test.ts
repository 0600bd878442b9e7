import { describe, expect, it } from 'vitest'
import { scale } from '../sim/scale.ts'
import { ethereumConsensus } from '../src/presets.ts'

/** The machine may be busy. */
const TIMEOUT_MS = 120_000

const { D, Dlo, Dhi, Dlazy, floodPublish } = ethereumConsensus

/** The short forms of `pnpm sim gossip`; see docs/pubsub.md for the long ones. */
describe('a network of simulated nodes', () => {
  it(
    'delivers everything to all who stay, although nodes come and go and links are slow',
    () => {
      const options = { D, Dlo, Dhi, Dlazy, floodPublish }
      const { news, blobs } = scale({ size: 100, seed: 1, options, publishMs: 13_000, churnPerMinute: 0.3 })
      expect([news.messages, blobs.messages]).toEqual([13 - news.orphaned, 96 - blobs.orphaned])
      for (const { delivered, expected, late, duplicates } of [news, blobs]) {
        expect(expected).toBeGreaterThan(0)
        expect(delivered).toBe(expected)
        expect(late).toBe(0)
        // Everybody but the sender in a mesh of Dhi.
        expect(duplicates).toBeLessThan(11)
      }
      // IDONTWANT takes back what waits, which is much where messages are large.
      expect(blobs.duplicates).toBeLessThan(news.duplicates - 1)
    },
    TIMEOUT_MS
  )

  it(
    'delivers everything with the parameters that are the default',
    () => {
      const { news, blobs } = scale({ size: 60, seed: 2, publishMs: 2000, churnPerMinute: 0 })
      for (const { delivered, expected } of [news, blobs]) expect(delivered).toBe(expected)
      expect([news.expected, blobs.expected]).toEqual([2 * 59, 48 * 59])
    },
    TIMEOUT_MS
  )

  it(
    'gives the same course for the same seed, and another for another',
    () => {
      const fingerprint = (seed: number): string =>
        scale({ size: 30, seed, publishMs: 3000, churnPerMinute: 1 }).fingerprint
      expect(fingerprint(1)).toBe(fingerprint(1))
      expect(fingerprint(2)).not.toBe(fingerprint(1))
    },
    TIMEOUT_MS
  )
})

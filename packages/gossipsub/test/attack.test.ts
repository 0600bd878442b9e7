import { describe, expect, it } from 'vitest'
import { ATTACKS, type Attack, type AttackFigures, attack } from '../sim/attack.ts'

/** The machine may be busy. */
const TIMEOUT_MS = 120_000

/** An attack of the evaluation in small: less of everything, the same proportions of sybils to nodes. */
function small(name: string, change: Partial<Attack> = {}): AttackFigures {
  const { sybils, connectAtMs, ...of } = ATTACKS[name] as Attack
  const inSmall = {
    ...{ ...of, sybils: sybils / 25, connectForMs: 3000, publishMs: 40_000, degree: Math.min(of.degree, 10) },
    ...{ connectAtMs: connectAtMs === 0 ? 0 : 35_000, ...change }
  }
  return attack(inSmall, { seed: 1, size: 40, publishers: 4, messagesPerSecond: 4 })
}

function expectDelivery({ all }: AttackFigures, p99Ms: number): void {
  expect(all.messages).toBe(160)
  expect(all.delivered).toBe(all.expected)
  expect(all.late).toBe(0)
  expect(all.p99Ms).toBeLessThan(p99Ms)
}

/** The short forms of `pnpm sim gossip attack`; see docs/pubsub.md for the long ones. Four sybils for a node. */
describe('a network under attack delivers everything', () => {
  it('when nobody attacks', () => expectDelivery(small('none'), 100), TIMEOUT_MS)

  it('when sybils swallow every other message', () => expectDelivery(small('sybil'), 200), TIMEOUT_MS)

  it(
    'when sybils surround one node',
    () => {
      const figures = small('eclipse of one', { sybils: 40 })
      expectDelivery(figures, 200)
      expect(figures.toTarget.delivered).toBe(figures.toTarget.expected)
      expect(figures.ofTarget.delivered).toBe(figures.ofTarget.expected)
      expect(figures.toTarget.p99Ms).toBeLessThan(1000)
    },
    TIMEOUT_MS
  )

  it('when they come in a flash and swallow everything', () => expectDelivery(small('flash'), 200), TIMEOUT_MS)

  it(
    'when they swallow the messages of one node',
    () => {
      const figures = small('censor')
      expectDelivery(figures, 200)
      expect(figures.ofTarget.messages).toBe(40)
      expect(figures.ofTarget.p99Ms).toBeLessThan(200)
    },
    TIMEOUT_MS
  )

  it(
    'when they are there from the beginning',
    () => {
      const figures = small('cold boot')
      expectDelivery(figures, 2000)
      // They do get into meshes, or nothing would be shown.
      expect(Math.max(...figures.sybilShares)).toBeGreaterThan(0.3)
    },
    TIMEOUT_MS
  )

  it(
    'when they behave well for long, and then do not',
    () => {
      const figures = small('covert flash, opportunistic grafts', { attackAtMs: 50_000, nodesConnectAtMs: 3000 })
      expectDelivery(figures, 2000)
      expect(Math.max(...figures.sybilShares)).toBeGreaterThan(0.3)
    },
    TIMEOUT_MS
  )
})

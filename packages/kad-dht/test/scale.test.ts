import { describe, expect, it } from 'vitest'
import { unsettle } from '../sim/churn.ts'
import { coldLookups, lookups, provideAndFind } from '../sim/experiments.ts'
import { SimNetwork } from '../sim/sim-network.ts'
import { attack, crowd } from '../sim/sybils.ts'

const MINUTE_MS = 60_000

function network(size: number, settleMs: number): SimNetwork {
  const net = new SimNetwork({ size, seed: 1 })
  net.build({ settleMs })
  return net
}

/** The short forms of `pnpm sim dht`; see docs/kad-dht.md for the long ones. */
describe('a network of simulated nodes', { timeout: 300_000 }, () => {
  it('finds and provides although nodes come and go and a fifth of them is silent', () => {
    const net = network(120, MINUTE_MS)
    unsettle(net, 0.2)
    net.cores.run({ ms: 10 * MINUTE_MS })
    const found = lookups(net, { count: 60, pauseMs: 1000 })
    expect(found.success).toBeGreaterThanOrEqual(0.99)
    expect(found.recall).toBeGreaterThan(0.9)
    expect(found.messages).toBeLessThan(60)
    expect(provideAndFind(net, { count: 20, laterMs: 5 * MINUTE_MS }).success).toBe(1)
  })

  it('lets everybody into the tables of their neighbours, however many come at once', () => {
    const net = network(120, MINUTE_MS)
    const known = net.answering().map(index => {
      const { contact } = net.node(index)
      const [, ...neighbours] = net.nearest(contact.key, 11).map(({ name }) => net.directory.index({ name }) as number)
      return neighbours.filter(neighbour => net.node(neighbour).core.table.get(contact) !== undefined).length
    })
    expect(known.filter(count => count < 9)).toEqual([])
  })

  it('answers a first lookup in time', () => {
    const net = network(120, MINUTE_MS)
    for (const knowsBootstrap of [true, false]) {
      const { endMs, success } = coldLookups(net, { count: 20, knowsBootstrap })
      expect(endMs.p50).toBeLessThan(1500)
      expect(endMs.p99).toBeLessThan(6000)
      expect(success).toBe(1)
    }
  })

  it('gives the same course for the same seed', () => {
    expect(network(40, 10_000).cores.fingerprint).toBe(network(40, 10_000).cores.fingerprint)
  })

  it('holds against ids crafted near a key, and asks the honest behind them too where their networks are many', () => {
    const net = network(120, MINUTE_MS)
    const one = attack(net, { sybils: 40, networks: 1, strangers: 10 })
    expect(one.sybilShare).toBeLessThanOrEqual(0.1)
    expect(one.success).toBe(1)
    expect(one.mostInTable).toBeLessThanOrEqual(3)
    const many = attack(net, { sybils: 40, networks: 20, strangers: 5 })
    expect(many.sybilShare).toBe(1)
    expect(many.success).toBe(1)
    expect(many.optimisticSuccess).toBe(1)
  })

  it('gives a crowd of one /24 three places in a table', () => {
    expect(crowd(network(40, 10_000), 60).inTable).toBeLessThanOrEqual(3)
  })
})

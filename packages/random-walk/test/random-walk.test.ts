import { AbortError, type AbortOptions, type Node, type PeerInfo } from '@ts-libp2p/interface'
import { noLog } from '@ts-libp2p/stream'
import { identity, SeededRandom, settle, VirtualClock } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import {
  INITIAL_LOOKUPS,
  INTERVAL_MS,
  LOOKUP_TIMEOUT_MS,
  MAX_PEERS_PER_LOOKUP,
  MAX_QUEUED_PEERS,
  MAX_WALKERS,
  MIN_INTERVAL_MS,
  type RandomWalk,
  type RandomWalkOptions,
  randomWalk
} from '../src/index.ts'

const people: PeerInfo[] = Array.from({ length: 300 }, (_, i) => ({ id: identity(i).peerId, multiaddrs: [] }))
const self = identity('self').peerId
const nameOf = ({ id }: PeerInfo): number => people.findIndex(peer => peer.id.equals(id))

type Answer = (key: Uint8Array, options: AbortOptions) => AsyncIterable<PeerInfo>

/** A walk through a network in which each lookup is answered by `answer`; `lookups` has the time of each. */
function walking(answer: Answer, options: Partial<RandomWalkOptions> = {}) {
  const clock = new VirtualClock()
  const begin = clock.now()
  const lookups: number[] = []
  const keys = new Set<string>()
  const node = { peerId: self, clock, random: new SeededRandom(1), logger: { forComponent: () => noLog } }
  const routing = {
    getClosestPeers(key: Uint8Array, options: AbortOptions = {}) {
      lookups.push(clock.now() - begin)
      keys.add(key.join())
      return answer(key, options)
    }
  }
  const service = randomWalk({ routing, initialLookups: 0, ...options })(node as unknown as Node)
  return { clock, lookups, keys, service }
}

function start(service: RandomWalk): void {
  void service.start()
  void service.afterStart?.()
}

/** Finds so many others with each lookup. */
function finding(count: number): Answer {
  let next = 0
  return async function* () {
    for (let i = 0; i < count; i++) yield people[next++ % people.length] as PeerInfo
  }
}

/** Takes peers as they come; `taken` has them. */
function taker(service: RandomWalk, count = Number.POSITIVE_INFINITY, options: AbortOptions = {}) {
  const taken: number[] = []
  const done = (async () => {
    for await (const peer of service.walk(options)) if (taken.push(nameOf(peer)) >= count) return
  })()
  done.catch(() => {})
  return { taken, done }
}

describe('by itself', () => {
  it('looks up a few random keys after the start, then one now and then', async () => {
    const { clock, lookups, keys, service } = walking(finding(5), { initialLookups: INITIAL_LOOKUPS })
    start(service)
    await clock.advance(INTERVAL_MS + 10_000)
    expect(lookups).toEqual([1000, 2000, 3000, 3000 + INTERVAL_MS])
    expect(keys.size).toBe(4)
    await service.stop()
    await clock.advance(2 * INTERVAL_MS)
    expect([lookups.length, clock.pendingTimers]).toEqual([4, 0])
  })

  it('tells of everybody that was found, but not of ourselves', async () => {
    const { clock, service } = walking(async function* () {
      yield { id: self, multiaddrs: [] }
      yield* people.slice(0, 2)
    })
    const heard: number[] = []
    service.addEventListener('peer', ({ detail }) => heard.push(nameOf(detail)))
    start(service)
    await clock.advance(INTERVAL_MS)
    expect(heard).toEqual([0, 1])
    await service.stop()
  })

  it('after a failure it tries again, ever later', async () => {
    const { clock, lookups, service } = walking(
      // biome-ignore lint/correctness/useYield: it fails before it finds anybody
      async function* () {
        throw new Error('nobody there')
      },
      { initialLookups: 1 }
    )
    start(service)
    await clock.advance(10 * 60_000)
    const gaps = lookups.slice(1).map((at, i) => at - (lookups[i] as number))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000)
    expect(lookups.length).toBeGreaterThan(8)
    await service.stop()
  })

  it('gives a lookup up that takes too long', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const { clock, lookups, service } = walking(async function* (_, { signal }) {
      signals.push(signal)
      await new Promise(resolve => signal?.addEventListener('abort', resolve))
    })
    start(service)
    const { taken } = taker(service)
    await clock.advance(LOOKUP_TIMEOUT_MS + 5000)
    expect(signals[0]?.reason).toMatchObject({ name: 'RandomWalkError', code: 'timeout' })
    expect([lookups.length, taken]).toEqual([2, []])
    await service.stop()
    expect(signals[1]?.aborted).toBe(true)
  })
})

describe('those who walk', () => {
  it('get peers for as long as they ask, at a bounded rate', async () => {
    const { clock, lookups, service } = walking(finding(4))
    start(service)
    const { taken, done } = taker(service, 10)
    await clock.advance(60_000)
    await done
    expect(taken).toEqual([...Array(10).keys()])
    expect(lookups).toEqual([0, MIN_INTERVAL_MS, 2 * MIN_INTERVAL_MS])
    await service.stop()
  })

  it('share the lookups', async () => {
    const { clock, lookups, service } = walking(finding(3))
    start(service)
    const takers = Array.from({ length: 20 }, () => taker(service, 6))
    await clock.advance(MIN_INTERVAL_MS)
    await Promise.all(takers.map(({ done }) => done))
    expect(lookups).toHaveLength(2)
    for (const { taken } of takers) expect(taken).toEqual([0, 1, 2, 3, 4, 5])
    const late = taker(service, 1)
    await clock.advance(MIN_INTERVAL_MS)
    expect(late.taken).toEqual([6])
    await service.stop()
  })

  it('are told of each peer once', async () => {
    const { clock, service } = walking(async function* () {
      yield* [0, 1, 0].map(i => people[i] as PeerInfo)
    })
    start(service)
    const { taken } = taker(service)
    await clock.advance(10_000)
    expect(taken).toEqual([0, 1])
    await service.stop()
  })

  it('who reads slowly is not waited for, and misses the oldest', async () => {
    const { clock, lookups, service } = walking(finding(50))
    start(service)
    const slow = service.walk()
    const first = slow.next()
    await clock.advance(0)
    expect(nameOf((await first).value)).toBe(0)
    const fast = taker(service)
    await clock.advance(4 * MIN_INTERVAL_MS)
    expect(lookups.length).toBeGreaterThanOrEqual(5)
    const { value } = await slow.next()
    expect(nameOf(value)).toBe(fast.taken.length + 50 - MAX_QUEUED_PEERS)
    await slow.return(undefined)
    await service.stop()
  })

  it('cost nothing once they have enough', async () => {
    const { clock, lookups, service } = walking(finding(10))
    start(service)
    await clock.advance(0)
    const walk = service.walk()
    const one = walk.next()
    await clock.advance(0)
    await one
    await clock.advance(INTERVAL_MS - 1)
    expect(lookups).toHaveLength(1)
    await walk.return(undefined)
    await service.stop()
  })

  it('take only so many of one lookup', async () => {
    const { clock, service } = walking(finding(MAX_PEERS_PER_LOOKUP + 50))
    start(service)
    const { taken } = taker(service)
    await clock.advance(0)
    expect(taken).toHaveLength(MAX_PEERS_PER_LOOKUP)
    await service.stop()
  })

  it('stop when told to, and when the service stops', async () => {
    const { clock, service } = walking(finding(1))
    await expect(service.walk().next()).rejects.toMatchObject({ name: 'NotStartedError' })
    start(service)
    const reason = new Error('enough')
    await expect(service.walk({ signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason)
    const controller = new AbortController()
    const [mine, other] = [taker(service, 1000, controller), taker(service)]
    await clock.advance(5000)
    controller.abort(reason)
    await expect(mine.done).rejects.toBe(reason)
    await service.stop()
    await service.stop()
    await expect(other.done).rejects.toBeInstanceOf(AbortError)
    await clock.advance(INTERVAL_MS)
    expect(clock.pendingTimers).toBe(0)
  })

  it('are not endlessly many', async () => {
    const { service } = walking(finding(1))
    start(service)
    const walks = Array.from({ length: MAX_WALKERS }, () => taker(service))
    await settle()
    await expect(service.walk().next()).rejects.toMatchObject({ name: 'RandomWalkError', code: 'too-many' })
    await service.stop()
    await Promise.allSettled(walks.map(({ done }) => done))
  })
})

describe('options', () => {
  const routing = { getClosestPeers: finding(1) as never }

  it('the routing may come later', async () => {
    let late: typeof routing | undefined
    const clock = new VirtualClock()
    const node = { peerId: self, clock, random: new SeededRandom(1), logger: { forComponent: () => noLog } }
    const service = randomWalk({ routing: () => late as typeof routing })(node as unknown as Node)
    late = routing
    start(service)
    const { taken } = taker(service)
    await clock.advance(0)
    expect(taken).toEqual([0])
    await service.stop()
  })

  it.each([{ intervalMs: 0 }, { minIntervalMs: -1 }, { timeoutMs: Number.NaN }, { initialLookups: 1.5 }])(
    'refused: %j',
    options => {
      const make = (): unknown => randomWalk({ routing, ...options })
      expect(make).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
    }
  )
})

import { MemoryDatastore } from 'datastore-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newStore, peer, ports, tcp } from './peers.ts'

/** What a patient reader of the contract would expect, without limits and time. */
class Model {
  readonly peers = new Map<number, { ports: number[]; protocols: Set<string>; tags: Map<string, number> }>()

  run({ strategy, n, ports, protocols, tag, value }: Command): void {
    if (strategy === 'delete') {
      this.peers.delete(n)
      return
    }
    const known = strategy === 'save' ? undefined : this.peers.get(n)
    const old = known ?? { ports: [], protocols: new Set<string>(), tags: new Map<string, number>() }
    const isMerge = strategy === 'merge'
    this.peers.set(n, {
      ports: [...new Set(isMerge ? [...old.ports, ...ports] : ports)],
      protocols: new Set(isMerge ? [...old.protocols, ...protocols] : protocols),
      tags: new Map([...(isMerge ? old.tags : []), [tag, value]])
    })
  }

  summary(): object[] {
    return [...this.peers].map(([n, known]) => ({
      n: peer(n).toString(),
      ports: known.ports,
      protocols: [...known.protocols].sort(),
      tags: Object.fromEntries(known.tags)
    }))
  }
}

interface Command {
  strategy: 'save' | 'patch' | 'merge' | 'delete'
  n: number
  ports: number[]
  protocols: string[]
  tag: string
  value: number
}

const command: fc.Arbitrary<Command> = fc.record({
  strategy: fc.constantFrom('save', 'patch', 'merge', 'delete'),
  n: fc.integer({ min: 1, max: 4 }),
  ports: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
  protocols: fc.array(fc.constantFrom('/a', '/b', '/c'), { maxLength: 3 }),
  tag: fc.constantFrom('t', 'u'),
  value: fc.integer({ min: 0, max: 100 })
})

type Store = ReturnType<typeof newStore>['store']

function run(store: Store, { strategy, n, ports, protocols, tag, value }: Command): Promise<unknown> {
  if (strategy === 'delete') return store.delete(peer(n))
  return store[strategy](peer(n), { multiaddrs: ports.map(tcp), protocols, tags: { [tag]: { value } } })
}

async function summaryOf(store: Store): Promise<object[]> {
  return (await store.all()).map(known => ({
    n: known.id.toString(),
    ports: ports(known),
    protocols: known.protocols,
    tags: Object.fromEntries([...known.tags].map(([name, { value }]) => [name, value]))
  }))
}

const byPeer = (list: object[]): object[] => list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** A filter that answers after some turns, different ones each time. */
function lateFilter(): () => Promise<boolean> {
  let calls = 0
  return async () => {
    for (let turns = (calls++ * 7) % 5; turns > 0; turns--) await undefined
    return true
  }
}

describe('updates made at once, without waiting for one another', () => {
  it.each([
    ['in memory', {}],
    ['with a filter that takes its time', { addressFilter: lateFilter() }]
  ])('end as if made one by one: %s', async (_, options) => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), async commands => {
        const { store } = newStore(options)
        const model = new Model()
        for (const each of commands) model.run(each)
        await Promise.all(commands.map(each => run(store, each)))
        expect(byPeer(await summaryOf(store))).toEqual(byPeer(model.summary()))
      })
    )
  })

  it('and are the same after a restart, wherever they were flushed', async () => {
    const step = fc.oneof({ weight: 9, arbitrary: command }, { weight: 1, arbitrary: fc.constant('flush' as const) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const datastore = new MemoryDatastore()
        const { store } = newStore({ datastore })
        await store.start()
        const model = new Model()
        await Promise.all(
          steps.map(step => {
            if (step === 'flush') return store.flush()
            model.run(step)
            return run(store, step)
          })
        )
        await store.stop()
        const next = newStore({ datastore })
        expect(byPeer(await summaryOf(next.store))).toEqual(byPeer(model.summary()))
      })
    )
  })
})

/** Records in the DHT of real nodes, which validate, select and forget by themselves; one of them believes anything. */
import { NotFoundError } from '@ts-libp2p/interface'
import { afterEach, describe, expect, it } from 'vitest'
import { type DhtNode, dhtNetwork, dhtNode, stopAll, tableHas } from '../../kad-dht/test/network.ts'
import { createRecordStore, dhtMedium, type RecordMedium, type RecordStore, type ValueRouting } from '../src/index.ts'
import { recordStoreCompliance } from './compliance.ts'
import { note, noteKey, validators } from './records.ts'

const nodes: DhtNode[] = []
const gullible = new WeakMap<RecordMedium, DhtNode>()
afterEach(() => stopAll(nodes.splice(0)))

const believesAnything = { note: { validate: () => {}, select: () => 0 } }

recordStoreCompliance('in a DHT of real nodes', {
  can: [],
  setup: async () => {
    const [first, second] = (await dhtNetwork(2, { validators })) as [DhtNode, DhtNode]
    const third = await dhtNode({ clientMode: false, validators: believesAnything })
    nodes.push(first, second, third)
    for (const node of [first, second]) await third.dial(node.getMultiaddrs())
    for (const node of nodes) await tableHas(node, 2)
    const medium = dhtMedium(first.contentRouting)
    gullible.set(medium, third)
    return { medium, other: dhtMedium(second.contentRouting) }
  },
  plant: async (medium, key, value) => {
    const put = gullible.get(medium)?.contentRouting.put(key, value)
    // It keeps the value itself; the others will not have it.
    await put?.catch(err => {
      if ((err as { code?: string }).code !== 'not-stored') throw err
    })
  }
})

describe('a DHT in which others write at the same time', () => {
  const refusal = (code: string): Error => Object.assign(new Error(code), { name: 'KadError', code })
  /** Finds nothing at first, then these; every `put` fails. */
  const storeOver = (values: readonly Uint8Array[], code: string): RecordStore => {
    const found = values.values()
    let isFirst = true
    const routing: ValueRouting = {
      get: async () => {
        const { value } = isFirst ? { value: undefined } : found.next()
        isFirst = false
        if (value === undefined) throw new NotFoundError('nothing')
        return value
      },
      put: async () => {
        throw refusal(code)
      }
    }
    return createRecordStore({ medium: dhtMedium(routing), validators })
  }

  it.each(['outdated', 'not-stored'])('a put that fails with %s gives way to the better value', async code => {
    expect(await storeOver([note(2)], code).put(noteKey('a'), note(1))).toBe(false)
  })

  it('a put that nobody took, and nobody had a better value, fails', async () => {
    await expect(storeOver([], 'not-stored').put(noteKey('a'), note(1))).rejects.toMatchObject({
      code: 'medium-failed'
    })
  })

  it('a put gives up in the end', async () => {
    await expect(storeOver([], 'outdated').put(noteKey('a'), note(1))).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a value that kad-dht does not find is not there', async () => {
    const routing = { get: () => Promise.reject(refusal('not-found')), put: () => Promise.resolve() }
    const store = createRecordStore({ medium: dhtMedium(routing), validators })
    await expect(store.get(noteKey('a'))).rejects.toMatchObject({ name: 'NotFoundError' })
  })
})

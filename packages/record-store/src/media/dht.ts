import type { AbortOptions, ContentRouting } from '@ts-libp2p/interface'
import type { Decide, RecordMedium } from '../medium.ts'

/** Values in a distributed hash table: the `put` and `get` of kad-dht's value routing, or of `node.contentRouting`. */
export type ValueRouting = Pick<ContentRouting, 'put' | 'get'>

/**
 * Records in the DHT. Its peers validate what they store and let it expire, so a record has to be put again from time
 * to time. It cannot be listed, and nothing in it can be deleted.
 */
export function dhtMedium(routing: ValueRouting): RecordMedium {
  const read = async (key: Uint8Array, { signal }: AbortOptions): Promise<readonly Uint8Array[]> => {
    try {
      return [await routing.get(key, { signal })]
    } catch (err) {
      if ((err as Error | null)?.name === 'NotFoundError') return []
      throw err
    }
  }
  return {
    name: 'DHT',
    read,
    async update(key: Uint8Array, decide: Decide, { signal }: AbortOptions) {
      const value = await decide(await read(key, { signal }))
      // Also when it is there already: other peers may have come closer to the key, and the old ones forget it in time.
      if (value !== undefined) await routing.put(key, value, { signal })
    }
  }
}

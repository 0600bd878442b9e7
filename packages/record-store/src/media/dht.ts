import type { AbortOptions, ContentRouting } from '@ts-libp2p/interface'
import { RecordStoreError } from '../errors.ts'
import { MAX_WRITE_CONFLICTS } from '../limits.ts'
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
      if (isNotFound(err)) return []
      throw err
    }
  }
  return {
    name: 'DHT',
    read,
    async update(key: Uint8Array, decide: Decide, { signal }: AbortOptions) {
      let refusal: unknown
      for (let attempt = 0; attempt < MAX_WRITE_CONFLICTS; attempt++) {
        const value = await decide(await read(key, { signal }))
        if (value === undefined) return
        if (refusal !== undefined) throw refusal
        try {
          // Also when it is there already: other peers may have come closer to the key, and the old ones forget it in time.
          await routing.put(key, value, { signal })
          return
        } catch (err) {
          const code = codeOf(err)
          // No peer took it: because all of them have a better one, or because nobody is there.
          if (code === 'not-stored') refusal = err
          else if (code !== 'outdated') throw err
        }
      }
      throw new RecordStoreError('conflict', `${MAX_WRITE_CONFLICTS} times another writer was faster`)
    }
  }
}

/** As `node.contentRouting` says it, or kad-dht itself. */
function isNotFound(err: unknown): boolean {
  return (err as Error | null)?.name === 'NotFoundError' || codeOf(err) === 'not-found'
}

function codeOf(err: unknown): unknown {
  return (err as { code?: unknown } | null)?.code
}

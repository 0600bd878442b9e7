import type { MessageStream } from '@ts-libp2p/interface'
import type { ByteStream } from '@ts-libp2p/stream'

/** What streams of this project have beyond the contract, and layers above use where they find it. */
const OURS: ReadonlySet<string | symbol> = new Set(['attach', 'detach', 'sendAll'])

/** The same stream without what only ours have: read through its events, as one of another make is. */
export function foreignStream(stream: ByteStream): MessageStream {
  return new Proxy(stream, {
    get(target, key) {
      if (OURS.has(key)) return undefined
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

import type { PublicKey } from '@ts-libp2p/interface'
import type { HashedType } from './hashed-key.ts'

let keys: typeof import('./hashed-key.ts') | undefined

/** As in Node, but for what these keys need, which is loaded with the first: hardly any peer has one. */
export function hashedKey(type: HashedType, data: Uint8Array): PublicKey | Promise<PublicKey> {
  return keys === undefined ? firstKey(type, data) : keys.hashedKey(type, data)
}

async function firstKey(type: HashedType, data: Uint8Array): Promise<PublicKey> {
  keys = await import('./hashed-key.ts')
  return keys.hashedKey(type, data)
}

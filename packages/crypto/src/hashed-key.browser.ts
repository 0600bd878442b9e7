import type { PublicKey } from '@ts-libp2p/interface'
import type { HashedType } from './hashed-key.ts'

/** As in Node, but for what these keys need, which is loaded with the first: hardly any peer has one. */
export async function hashedKey(type: HashedType, data: Uint8Array): Promise<PublicKey> {
  const keys = await import('./hashed-key.ts')
  return keys.hashedKey(type, data)
}

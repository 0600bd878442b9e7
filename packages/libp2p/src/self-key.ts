import { generateKeyPair, privateKeyToProtobuf, readPrivateKey } from '@ts-libp2p/crypto'
import type { PrivateKey } from '@ts-libp2p/interface'
import type { Datastore } from 'interface-datastore'

/** Where the node's own key lies: in its protobuf form, not encrypted. Protect the datastore as you would the key. */
export const SELF_KEY = '/self/private-key'

/** The node's key from the datastore; the first time, a new Ed25519 key is made and stored. */
export async function loadOrCreateKey(datastore: Datastore): Promise<PrivateKey> {
  // Loaded here: a node without a datastore does without it.
  const { Key } = await import('interface-datastore')
  const place = new Key(SELF_KEY)
  if (await datastore.has(place)) return readPrivateKey(await datastore.get(place))
  const key = await generateKeyPair('Ed25519')
  await datastore.put(place, privateKeyToProtobuf(key))
  return key
}

import { generateKeyPair, privateKeyToProtobuf, readPrivateKey } from '@ts-libp2p/crypto'
import type { PrivateKey } from '@ts-libp2p/interface'
import { type Datastore, Key } from 'interface-datastore'

/** Where the node's own key lies: in its protobuf form, not encrypted. Protect the datastore as you would the key. */
export const SELF_KEY: Key = new Key('/self/private-key')

/** The node's key from the datastore; the first time, a new Ed25519 key is made and stored. */
export async function loadOrCreateKey(datastore: Datastore): Promise<PrivateKey> {
  if (await datastore.has(SELF_KEY)) return readPrivateKey(await datastore.get(SELF_KEY))
  const key = await generateKeyPair('Ed25519')
  await datastore.put(SELF_KEY, privateKeyToProtobuf(key))
  return key
}

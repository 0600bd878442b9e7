import { readPublicKey } from '@ts-libp2p/crypto'
import type { PeerId, PublicKey } from '@ts-libp2p/interface'
import { matchesPublicKey, peerIdFromBytes, peerIdToBytes } from '@ts-libp2p/peer-id'
import { RecordError } from './errors.ts'
import { keyBody, namespacedKey, namespaceOf, type RecordValidator } from './validators.ts'

/** Where a peer's public key is stored: `/pk/<peer id>`. The value is the key's protobuf. */
export function publicKeyKey(id: PeerId): Uint8Array<ArrayBuffer> {
  return namespacedKey('pk', peerIdToBytes(id))
}

/** The namespace `pk`: public keys, for peer ids that are hashes. They never expire, and one is as good as another. */
export const publicKeyValidator: RecordValidator = {
  async validate(key, value) {
    const id = peerIdUnder(key, 'pk')
    if (matchesPublicKey(id, await parseKey(value))) return
    throw new RecordError('wrong-key', `the public key is not that of ${id}`)
  },
  select(_key, values) {
    if (values.length > 0) return 0
    throw new RecordError('malformed', 'there is no value to select from')
  }
}

/** The peer id in a key `/<namespace>/<peer id>`. Throws a `RecordError` (`wrong-key`). */
export function peerIdUnder(key: Uint8Array, namespace: string): PeerId {
  if (namespaceOf(key) !== namespace) throw new RecordError('wrong-key', `the key is not of the namespace ${namespace}`)
  try {
    return peerIdFromBytes(keyBody(key))
  } catch (cause) {
    throw new RecordError('wrong-key', `the key /${namespace}/… does not hold a peer id`, { cause })
  }
}

async function parseKey(value: Uint8Array): Promise<PublicKey> {
  try {
    return await readPublicKey(value)
  } catch (cause) {
    throw new RecordError('malformed', `${value.byteLength} bytes that are no public key`, { cause })
  }
}

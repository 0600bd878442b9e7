import { fromUtf8, toHex } from '@ts-libp2p/bytes'
import { sha256 } from '@ts-libp2p/crypto'
import { peerIdFromBytes, peerIdToBytes } from '@ts-libp2p/peer-id'
import { type Datastore, Key } from 'interface-datastore'
import { StoredRegistration } from './pb/stored.js'
import type { Registration } from './registry.ts'

const PREFIX = '/rendezvous/'

/** Registrations on disk, one entry each. */
export class Storage {
  private readonly datastore: Datastore

  constructor(datastore: Datastore) {
    this.datastore = datastore
  }

  async put(registration: Registration): Promise<void> {
    const { peer, ns, record, ttlSeconds, expiresAt, position } = registration
    const stored = {
      ...{ ns, peer: peerIdToBytes(peer), signedPeerRecord: record, ttl: ttlSeconds, position },
      expiresAt: Math.floor(expiresAt)
    }
    await this.datastore.put(keyOf(registration), StoredRegistration.encode(stored).finish())
  }

  async delete(registration: Registration): Promise<void> {
    await this.datastore.delete(keyOf(registration))
  }

  /** Every entry in the order of their positions. `onDamaged` hears of those that cannot be read. */
  async load(onDamaged: (key: Key, cause: unknown) => void): Promise<Registration[]> {
    const found: Registration[] = []
    for await (const { key, value } of this.datastore.query({ prefix: PREFIX })) {
      try {
        found.push(decode(value))
      } catch (cause) {
        onDamaged(key, cause)
      }
    }
    return found.sort((a, b) => a.position - b.position)
  }
}

function decode(bytes: Uint8Array): Registration {
  const { ns, peer, signedPeerRecord, ttl, expiresAt, position } = StoredRegistration.decode(bytes)
  return {
    ...{ ns, peer: peerIdFromBytes(peer), record: new Uint8Array(signedPeerRecord), ttlSeconds: Number(ttl) },
    expiresAt: Number(expiresAt),
    position: Number(position)
  }
}

function keyOf({ peer, ns }: Registration): Key {
  // A hash, because a namespace may hold any character, and files have short names.
  return new Key(`${PREFIX}${peer}/${toHex(sha256(fromUtf8(ns)))}`)
}

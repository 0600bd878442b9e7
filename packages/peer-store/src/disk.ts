import type { PeerId } from '@ts-libp2p/interface'
import type { Datastore, Key } from 'interface-datastore'
import { datastoreKey, decodeEntry, encodeEntry, PREFIX, peerIdOfKey } from './codec.ts'
import { type Entry, isKeptAlive, isStale, isTagged } from './entry.ts'
import { PeerStoreError } from './errors.ts'
import { MAX_PENDING_DELETIONS } from './limits.ts'

export { WriteBehind } from './write-behind.ts'

export interface ReadOptions {
  /** Ourselves: never of no use. */
  readonly peerId: PeerId
  readonly now: number
  readonly maxPeers: number
  readonly addressTtlMs: number
  readonly peerTtlMs: number
  /** Told of entries that cannot be used. */
  readonly onError: (error: PeerStoreError) => void
}

export interface Stored {
  /** The most valuable last. */
  readonly entries: Entry[]
  /** Stored peers that are of no use: to be deleted. */
  readonly doomed: PeerId[]
}

/**
 * Reads the stored peers, no more than `maxPeers` of them. Bad entries are reported and cost nothing but themselves.
 * Throws a `PeerStoreError` (`load-failed`) when the datastore fails.
 */
export async function readPeers(datastore: Datastore, options: ReadOptions): Promise<Stored> {
  const found: Stored = { entries: [], doomed: [] }
  try {
    for await (const { key, value } of datastore.query({ prefix: PREFIX })) {
      readPeer(found, key, value, options)
      if (found.entries.length >= 2 * options.maxPeers) keepBest(found, options)
    }
  } catch (cause) {
    throw new PeerStoreError('load-failed', 'the stored peers cannot be read from the datastore', { cause })
  }
  keepBest(found, options)
  return found
}

/** Writes what `entryOf` knows of the peers, deletes those that it does not know. */
export async function writePeers(
  datastore: Datastore,
  peers: readonly PeerId[],
  entryOf: (id: PeerId) => Entry | undefined
): Promise<void> {
  const batch = datastore.batch()
  for (const id of peers) {
    const entry = entryOf(id)
    if (entry === undefined) batch.delete(datastoreKey(id))
    else batch.put(datastoreKey(id), encodeEntry(entry))
  }
  await batch.commit()
}

function readPeer(found: Stored, key: Key, value: Uint8Array, options: ReadOptions): void {
  const id = peerIdOfKey(key)
  if (id === undefined) {
    options.onError(new PeerStoreError('unknown-entry', `${key} in the datastore is not a peer: left alone`))
    return
  }
  try {
    const entry = decodeEntry(id, value, options.addressTtlMs)
    if (worth(entry, options) < 2 && isStale(entry, options.now, options.peerTtlMs)) doom(found, id)
    else found.entries.push(entry)
  } catch (error) {
    if (!(error instanceof PeerStoreError)) throw error
    options.onError(error)
    if (error.code === 'corrupt-entry') doom(found, id)
  }
}

function keepBest(found: Stored, options: ReadOptions): void {
  const { entries } = found
  entries.sort((a, b) => worth(a, options) - worth(b, options) || a.updatedAt - b.updatedAt)
  for (const { id } of entries.splice(0, Math.max(0, entries.length - options.maxPeers))) doom(found, id)
}

/** As in memory: 0 a stranger, 1 tagged, 2 to be kept alive, 3 ourselves. From 2 on nobody is too old. */
function worth(entry: Entry, { peerId, now }: ReadOptions): number {
  if (peerId.equals(entry.id)) return 3
  if (isKeptAlive(entry, now)) return 2
  return isTagged(entry, now) ? 1 : 0
}

/** What is over the limit stays until the next start. */
function doom({ doomed }: Stored, id: PeerId): void {
  if (doomed.length < MAX_PENDING_DELETIONS) doomed.push(id)
}

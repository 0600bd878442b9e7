import {
  type AbortOptions,
  type ConsumePeerRecordOptions,
  InvalidParametersError,
  isPeerId,
  type Logger,
  type Multiaddr,
  NotFoundError,
  type Peer,
  type PeerData,
  type PeerId,
  type PeerInfo,
  type PeerQuery,
  type PeerUpdateOptions,
  type PublicKey,
  type Undo
} from '@ts-libp2p/interface'
import { openPeerRecord, PeerRecord, payloadOf } from '@ts-libp2p/record/peer-records'
import { noLog, raceSignal } from '@ts-libp2p/stream'
import type { Datastore } from 'interface-datastore'
import { originOf } from './address-list.ts'
import { asPeer, copyOf, type Entry, inlinesKey } from './entry.ts'
import { PeerStoreError } from './errors.ts'
import { type GivenAddresses, givenAddresses, ownAddresses } from './given.ts'
import { KnownPeers } from './known-peers.ts'
import { STOP_FLUSH_TIMEOUT_MS, SWEEP_INTERVAL_MS } from './limits.ts'
import { type AddressFilter, type CheckedOptions, checkOptions, type PeerStoreOptions } from './options.ts'
import type { PeerBook } from './peer-book.ts'
import { select } from './query.ts'
import { Turns } from './turns.ts'
import { type Strategy, type UpdateTimes, updateEntry, withRecord } from './update.ts'
import type { WriteBehind } from './write-behind.ts'

// Loaded with the first datastore: most browsers have none.
const disk = (): Promise<typeof import('./disk.ts')> => import('./disk.ts')

/**
 * Makes a peer store. It reads the datastore when it is started, or on the first call that needs it; should that fail,
 * the call rejects with a `PeerStoreError` (`load-failed`) and the next one tries again.
 */
export function createPeerStore(options: PeerStoreOptions): PeerBook {
  return new Book(checkOptions(options))
}

class Book implements PeerBook {
  private readonly options: CheckedOptions
  private readonly selfKey: string
  private readonly log: Logger
  private readonly known: KnownPeers
  private readonly turns = new Turns()
  /** Made with the first look into the datastore: nothing changes before. */
  private writes: WriteBehind | undefined
  private loading: Promise<void> | undefined
  private isLoaded: boolean
  private isStopped = false
  private undoSweep: Undo | undefined

  constructor(options: CheckedOptions) {
    this.options = options
    this.selfKey = options.peerId.toString()
    this.log = options.logger?.forComponent('libp2p:peer-store') ?? noLog
    this.isLoaded = options.datastore === undefined
    this.known = new KnownPeers({
      selfKey: this.selfKey,
      maxPeers: options.maxPeers,
      peerTtlMs: options.peerTtlMs,
      onChange: (key, id) => this.writes?.change(key, id),
      onRemove: (key, id) => this.writes?.remove(key, id)
    })
  }

  get size(): number {
    return this.known.size
  }

  get pendingWrites(): number {
    return this.writes?.pending ?? 0
  }

  async start(): Promise<void> {
    this.isStopped = false
    this.writes?.resume()
    this.undoSweep ??= this.sweepLater()
    if (this.mustWait()) await this.loaded()
  }

  async stop(): Promise<void> {
    this.undoSweep?.()
    this.undoSweep = undefined
    this.isStopped = true
    this.writes?.pause()
    await this.flushInTime().catch(error => this.report(error))
  }

  async flush({ signal }: AbortOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    if (this.writes !== undefined) await raceSignal(this.writes.flush(), signal)
  }

  peek(peerId: PeerId): Peer | undefined {
    const entry = this.known.peek(peerId.toString(), this.now())
    return entry && asPeer(entry)
  }

  setConnected(peerId: PeerId, isConnected: boolean): void {
    this.known.setConnected(peerId.toString(), isConnected, this.now())
  }

  async forEach(fn: (peer: Peer) => void, query: PeerQuery = {}): Promise<void> {
    for (const peer of await this.all(query)) fn(peer)
  }

  async all(query: PeerQuery = {}): Promise<Peer[]> {
    if (this.mustWait(query)) await this.loaded(query)
    return select(this.known.others(this.now()).map(asPeer), query).map(copyOf)
  }

  async delete(peerId: PeerId, options: AbortOptions = {}): Promise<void> {
    if (this.mustWait(options)) await this.loaded(options)
    const key = peerId.toString()
    if (key === this.selfKey) return
    await this.inTurn(peerId, undefined, options, () => this.known.forget(key))
  }

  async has(peerId: PeerId, options: AbortOptions = {}): Promise<boolean> {
    if (this.mustWait(options)) await this.loaded(options)
    return this.peek(peerId) !== undefined
  }

  async get(peerId: PeerId, options: AbortOptions = {}): Promise<Peer> {
    if (this.mustWait(options)) await this.loaded(options)
    const peer = this.peek(peerId)
    if (peer === undefined) throw new NotFoundError(`peer ${peerId} is not known`)
    return copyOf(peer)
  }

  async getInfo(peerId: PeerId, options: AbortOptions = {}): Promise<PeerInfo> {
    const { id, addresses } = await this.get(peerId, options)
    return { id, multiaddrs: addresses.map(({ multiaddr }) => multiaddr) }
  }

  async getPublicKey(peerId: PeerId, options: AbortOptions = {}): Promise<PublicKey> {
    if (this.mustWait(options)) await this.loaded(options)
    const key = peerId.publicKey ?? this.peek(peerId)?.id.publicKey
    if (key === undefined) throw new NotFoundError(`the public key of ${peerId} is not known`)
    return key
  }

  save(id: PeerId, data: PeerData, options: PeerUpdateOptions = {}): Promise<Peer> {
    return this.update('save', id, data, options)
  }

  patch(id: PeerId, data: PeerData, options: PeerUpdateOptions = {}): Promise<Peer> {
    return this.update('patch', id, data, options)
  }

  merge(id: PeerId, data: PeerData, options: PeerUpdateOptions = {}): Promise<Peer> {
    return this.update('merge', id, data, options)
  }

  async consumePeerRecord(buf: Uint8Array, options: ConsumePeerRecordOptions = {}): Promise<boolean> {
    if (this.mustWait(options)) await this.loaded(options)
    const envelope = new Uint8Array(buf)
    const { peerId: named, addresses, seq } = await openPeerRecord(envelope, options)
    // The id that the caller has already, rather than a second one for as long as both are known.
    const { expectedPeer } = options
    const peerId = expectedPeer !== undefined && inlinesKey(expectedPeer) ? expectedPeer : named
    const given = { signed: ownAddresses(peerId, addresses), unsigned: [] }
    return await this.inTurn(peerId, given, options, admitted => {
      // Looked at last: another record may have come while this one's signature was checked.
      const newest = seqOf(this.known.entryOf(peerId.toString())?.peerRecordEnvelope)
      if (newest !== undefined && newest > seq) return false
      const signed = admitted?.signed ?? []
      this.apply(peerId, options, (known, times) => withRecord(peerId, known, signed, envelope, times))
      return true
    })
  }

  private async update(strategy: Strategy, id: PeerId, data: PeerData, options: PeerUpdateOptions): Promise<Peer> {
    if (!isPeerId(id)) throw new InvalidParametersError('a peer is stored by its peer id')
    if (data == null) throw new InvalidParametersError(`nothing was given to store of ${id}`)
    if (this.mustWait(options)) await this.loaded(options)
    return this.inTurn(id, givenAddresses(id, data), options, given =>
      copyOf(this.apply(id, options, (known, times) => updateEntry(id, known, data, given, strategy, times)))
    )
  }

  /** Runs a change once the filter has let addresses through: at once, unless there is a filter to wait for. */
  private inTurn<T>(
    id: PeerId,
    given: GivenAddresses | undefined,
    { signal }: AbortOptions,
    change: (admitted: GivenAddresses | undefined) => T
  ): T | Promise<T> {
    const { addressFilter } = this.options
    if (addressFilter === undefined) return change(given)
    const job = async (): Promise<T> => {
      signal?.throwIfAborted()
      const admitted = given && (await admit(id, given, addressFilter))
      signal?.throwIfAborted()
      return change(admitted)
    }
    return raceSignal(this.turns.run(id.toString(), job), signal)
  }

  private apply(
    id: PeerId,
    { addressTtlMs = this.options.addressTtlMs, source }: PeerUpdateOptions,
    change: (known: Entry | undefined, times: UpdateTimes) => Entry
  ): Peer {
    const now = this.now()
    const { isNews, ...update } = this.known.update(
      id.toString(),
      { now, origin: originOf(now + addressTtlMs, source) },
      change
    )
    if (isNews) {
      try {
        this.options.onUpdate?.(update)
      } catch (cause) {
        this.report(new PeerStoreError('listener-failed', `onUpdate threw for ${id}`, { cause }))
      }
    }
    return update.peer
  }

  private now(): number {
    return this.options.clock.now()
  }

  private sweepLater(): Undo {
    return this.options.clock.after(SWEEP_INTERVAL_MS, () => {
      this.undoSweep = this.sweepLater()
      this.known.sweep(this.now())
    })
  }

  /** Whether the datastore must be read first. Not to wait where there is no need keeps calls in their order. */
  private mustWait({ signal }: AbortOptions = {}): boolean {
    signal?.throwIfAborted()
    return !this.isLoaded
  }

  private loaded({ signal }: AbortOptions = {}): Promise<void> {
    this.loading ??= this.load(this.options.datastore as Datastore).finally(() => {
      this.loading = undefined
    })
    return raceSignal(this.loading, signal)
  }

  private async load(datastore: Datastore): Promise<void> {
    const now = this.now()
    const { readPeers, WriteBehind, writePeers } = await disk()
    this.writes ??= new WriteBehind({
      clock: this.options.clock,
      delayMs: this.options.writeDelayMs,
      write: peers => writePeers(datastore, peers, id => this.known.entryOf(id.toString())),
      onError: error => this.report(error)
    })
    if (this.isStopped) this.writes.pause()
    const { entries, doomed } = await readPeers(datastore, {
      ...this.options,
      now,
      onError: error => this.report(error)
    })
    this.known.restore(entries, now)
    for (const id of doomed) this.writes?.remove(id.toString(), id)
    this.isLoaded = true
  }

  private async flushInTime(): Promise<void> {
    const deadline = new AbortController()
    const undo = this.options.clock.after(STOP_FLUSH_TIMEOUT_MS, () => {
      const message = `the datastore did not take the last changes within ${STOP_FLUSH_TIMEOUT_MS} ms`
      deadline.abort(new PeerStoreError('write-failed', message))
    })
    await this.flush({ signal: deadline.signal }).finally(undo)
  }

  private report(error: PeerStoreError): void {
    this.log.error('%e', error)
    try {
      this.options.onError?.(error)
    } catch (thrown) {
      this.log.error('onError threw: %e', thrown)
    }
  }
}

async function admit(id: PeerId, { signed, unsigned }: GivenAddresses, filter: AddressFilter): Promise<GivenAddresses> {
  const admitted = async (addresses: readonly Multiaddr[]): Promise<Multiaddr[]> => {
    const answers = await Promise.all(addresses.map(address => filter(id, address)))
    return addresses.filter((_, i) => answers[i])
  }
  return { signed: await admitted(signed), unsigned: await admitted(unsigned) }
}

/** The sequence number of a stored record; undefined where there is none that can be read. */
function seqOf(envelope: Uint8Array | undefined): bigint | undefined {
  if (envelope === undefined) return undefined
  try {
    return PeerRecord.decode(payloadOf(envelope)).seqNumber
  } catch {
    return undefined
  }
}

import type { Clock, Logger, PeerId, Random } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { abortable, type Waiter } from '@ts-libp2p/stream'
import type { Datastore } from 'interface-datastore'
import { request } from './ask-peer.ts'
import { type Contact, Contacts, contactOf } from './contact.ts'
import { KadError } from './errors.ts'
import { type Key, keyOf } from './key.ts'
import { FIRST_PEER_WAIT_MS, REGION_SHARE } from './limits.ts'
import { DisjointLookup } from './lookup/disjoint.ts'
import { Lookup, type LookupInit } from './lookup/lookup.ts'
import { NetworkSize } from './lookup/network-size.ts'
import { Patience } from './lookup/patience.ts'
import { Silence } from './lookup/silence.ts'
import { Newcomers } from './newcomers.ts'
import type { CheckedOptions } from './options.ts'
import { LookupRun } from './query/lookup-run.ts'
import { OwnRecords } from './reprovide/own-records.ts'
import type { Messenger } from './rpc/messenger.ts'
import { type Scope, Scopes } from './scopes.ts'
import { ProviderRecords } from './server/provider-records.ts'
import { Server } from './server/server.ts'
import { ValueRecords } from './server/value-records.ts'
import { Disk } from './storage/disk.ts'
import { RecordsOnDisk } from './storage/records-on-disk.ts'
import { type Newcomer, RoutingTable } from './table/routing-table.ts'
import { frame, type MessageName, MessageType } from './wire/message.ts'

export interface CoreInit {
  readonly options: CheckedOptions
  /** Ourselves, with the addresses of this moment. */
  readonly self: () => Contact
  readonly messenger: Messenger
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** A connected peer by the bytes of its id, served by the DHT or not. */
  readonly connected: (id: Uint8Array) => Promise<Contact | undefined> | undefined
  /** Shared where many nodes run in one process. */
  readonly contacts?: Contacts
}

/** Everything that a DHT node knows and decides, without streams: what queries, upkeep and the server work on. */
export class Core {
  readonly options: CheckedOptions
  readonly k: number
  readonly self: () => Contact
  readonly connected: CoreInit['connected']
  readonly messenger: Messenger
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly contacts: Contacts
  readonly table: RoutingTable
  readonly providers: ProviderRecords
  readonly values: ValueRecords
  readonly own: OwnRecords
  readonly server: Server
  readonly networkSize: NetworkSize
  private readonly disk: RecordsOnDisk | undefined
  private readonly newcomers: Newcomers
  private readonly scopes = new Scopes()
  private readonly warmPatience = new Patience()
  private readonly coldPatience = new Patience()
  private readonly silence = new Silence()
  private readonly firstPeerWaiters: Waiter<void>[] = []

  constructor(init: CoreInit) {
    const { options, clock } = init
    const { key: self } = init.self()
    this.options = options
    this.k = options.kBucketSize
    this.self = init.self
    this.connected = init.connected
    this.messenger = init.messenger
    this.clock = clock
    this.random = init.random
    this.log = init.log
    this.contacts = init.contacts ?? new Contacts(options.peerInfoMapper)
    this.newcomers = new Newcomers(this)
    this.networkSize = new NetworkSize(this.k)
    const { perBucket: maxPerGroupInBucket, perTable: maxPerGroupInTable } = options.diversity
    this.table = new RoutingTable({ self, k: this.k, maxPerGroupInBucket, maxPerGroupInTable })
    this.disk = options.datastore && this.onDisk(options.datastore)
    const { validity: validityMs } = options.reprovide
    this.providers = new ProviderRecords({ self, validityMs, ...this.disk?.providers })
    this.values = new ValueRecords({ self, validityMs, ...this.disk?.values })
    this.own = new OwnRecords(this.disk?.own)
    this.server = new Server({
      ...{ k: this.k, self: init.self, table: this.table, providers: this.providers, values: this.values },
      own: this.own,
      ...{ validators: options.validators, contacts: this.contacts, connected: init.connected, now: () => clock.now() }
    })
  }

  /** Begins an operation, which ends with the DHT. */
  begin(signal?: AbortSignal): Scope {
    return this.scopes.begin(signal)
  }

  /** Reads what is kept on disk. A datastore that cannot be read is reported, and done without. */
  async start(): Promise<void> {
    if (this.disk === undefined) return
    this.disk.start()
    try {
      await this.disk.restore(this, this.clock.now())
    } catch (err) {
      this.log.error('%e', err)
    }
  }

  async stop(): Promise<void> {
    this.scopes.stop()
    this.newcomers.stop()
    await this.disk?.stop()
  }

  knows(id: PeerId): boolean {
    return this.table.get(contactOf(id, [])) !== undefined
  }

  /** A peer that speaks the protocol came, or told its addresses. It is let in with its first answer. */
  meet(newcomer: Newcomer): void {
    if (newcomer.contact.name === this.self().name) return
    if (this.table.get(newcomer.contact) !== undefined) this.table.add(newcomer, this.clock.now())
    else if (this.newcomers.add(newcomer)) this.admit(newcomer)
  }

  /** It does not speak the protocol any more. */
  dismiss(peer: Contact): void {
    this.newcomers.remove(peer)
    this.table.remove(peer)
  }

  private letIn(peer: Contact): void {
    const newcomer = this.newcomers.answered(peer)
    if (newcomer !== undefined) this.admit(newcomer)
  }

  private admit(newcomer: Newcomer): void {
    const admission = this.table.add(newcomer, this.clock.now())
    if (admission.verdict === 'pending') this.check(admission.check)
    if (admission.verdict === 'added') for (const waiter of this.firstPeerWaiters.splice(0)) waiter.resolve()
  }

  /** Waits until there is somebody to ask. */
  async firstPeer(signal: AbortSignal): Promise<void> {
    if (this.table.size === 0) await abortable(this.firstPeerWaiters, signal)
  }

  /** The same for queries. Rejects with a `KadError` (`no-peers`) after 5 s, or at once when the options say so. */
  async somebody(signal: AbortSignal): Promise<void> {
    if (this.table.size > 0) return
    if (this.options.allowQueryWithZeroPeers) throw nobody(this.options.protocol)
    const patience = new AbortController()
    const stop = (): void => patience.abort(signal.reason)
    const stopTimer = this.clock.after(FIRST_PEER_WAIT_MS, () => patience.abort(nobody(this.options.protocol)))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      await this.firstPeer(patience.signal)
    } finally {
      stopTimer()
      signal.removeEventListener('abort', stop)
    }
  }

  /** A lookup for the peers nearest to a key; it begins when it is read. */
  lookup(message: MessageName, key: Uint8Array): LookupRun {
    const target = keyOf(key)
    const { alpha, beta, disjointPaths: paths } = this.options
    const init: LookupInit = {
      ...{ target, self: this.self().name, k: this.k, alpha, beta },
      ...{ maxPerGroup: this.options.diversity.perLookup, region: this.regionShare },
      patience: peer => (this.messenger.isConnected(peer) ? this.warmPatience : this.coldPatience),
      silence: () => this.silence.share
    }
    const search = paths > 1 ? new DisjointLookup({ ...init, paths }) : new Lookup(init)
    const seeds = (): Contact[] => this.table.closest(target, this.k)
    return new LookupRun({ core: this, search, message, key, seeds })
  }

  /** How much of the key space has so few peers that the k nearest to a key do not all lie in it by chance. */
  get regionShare(): number {
    const size = this.networkSize.estimate(this.clock.now())
    return size === undefined ? 0 : ((this.options.diversity.region ?? REGION_SHARE) * this.k) / size
  }

  onAnswer(peer: Contact, tookMs: number, wasConnected: boolean): void {
    if (this.table.get(peer) === undefined) this.letIn(peer)
    this.table.answered(peer, this.clock.now())
    this.silence.learn(true)
    const patience = wasConnected ? this.warmPatience : this.coldPatience
    patience.learn(tookMs)
  }

  /** It did not answer, or not in time. */
  onFailure(peer: Contact, askedAt: number): void {
    this.table.failed(peer, askedAt)
    this.silence.learn(false)
  }

  /** A lookup found the peers nearest to its target: how densely they lie tells how many there are. */
  onLookup(target: Key, closest: readonly Contact[]): void {
    this.networkSize.learn(target, closest, this.clock.now())
  }

  private onDisk(datastore: Datastore): RecordsOnDisk {
    const { clock, log, options } = this
    return new RecordsOnDisk(new Disk({ datastore, prefix: options.datastorePrefix, clock, log }))
  }

  /** Asks a peer whether it is still there: the table learns of the answer, or of there being none. */
  private check(peer: Contact): void {
    const message = frame({ type: MessageType.FIND_NODE, key: peerIdToBytes(this.self().id) })
    const scope = this.begin()
    const undo = request(this, peer, message, outcome => {
      scope.end()
      if ('error' in outcome) this.log.trace('%p did not say that it is still there - %e', peer.id, outcome.error)
    })
    scope.signal.addEventListener('abort', undo, { once: true })
  }
}

function nobody(protocol: string): KadError {
  return new KadError('no-peers', `no peer that speaks ${protocol} is known: connect to one first`)
}

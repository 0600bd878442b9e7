import {
  type AbortOptions,
  type DialTarget,
  InvalidParametersError,
  isPeerId,
  type Multiaddr,
  type PeerId,
  type PendingDial
} from '@ts-libp2p/interface'
import { peerIdOf } from '@ts-libp2p/multiaddr'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { Places, raceSignal, toError } from '@ts-libp2p/stream'
import { DialBackoff } from './backoff.ts'
import type { SwarmConnection } from './connection.ts'
import { DialJob, type DialJobInit } from './dial-job.ts'
import { SwarmError } from './errors.ts'

export interface DialerInit extends Omit<DialJobInit, 'peer' | 'target' | 'backoff' | 'places'> {
  /** What the peer store, or a routing service, knows of where a peer is. */
  addressesOf: (peer: PeerId, options: AbortOptions) => Promise<Multiaddr[]>
  /** An open connection that serves. */
  existing: (peer: PeerId) => SwarmConnection | undefined
  /** Puts a finished connection into the table. */
  admit: (connection: SwarmConnection) => void
}

interface Pending {
  readonly id: string
  readonly peer?: PeerId
  readonly job: DialJob
  waiters: number
}

/** Connects to peers: one dial per peer at a time, whoever asks joins it, and it ends when nobody waits any more. */
export class Dialer {
  private readonly init: DialerInit
  private readonly backoff: DialBackoff
  private readonly places: Places
  private readonly pending = new Map<string, Pending>()
  private nextId = 1
  private isStopped = false

  constructor(init: DialerInit) {
    this.init = init
    this.backoff = new DialBackoff(init.limits.maxBackoffEntries)
    this.places = new Places(init.limits.maxParallelAttempts)
  }

  async dial(target: DialTarget, options: AbortOptions & { force?: boolean } = {}): Promise<SwarmConnection> {
    options.signal?.throwIfAborted()
    if (this.isStopped) throw new SwarmError('stopped', 'the node is stopped')
    const { peer, addresses } = parseTarget(target)
    if (peer?.equals(this.init.self) === true) throw new SwarmError('dial-self', 'a node cannot dial itself')
    const open = peer !== undefined && options.force !== true ? this.init.existing(peer) : undefined
    if (open !== undefined) return open
    if (peer !== undefined && (await this.init.gater.denyDialPeer?.(peer)) === true) {
      throw new SwarmError('denied', `the connection gater denied dialling ${peer}`)
    }
    const key = this.keyOf(peer, addresses, options.force)
    const pending = this.pending.get(key) ?? this.begin(key, peer, addresses)
    if (addresses.length > 0) pending.job.add(addresses)
    return await this.join(pending, options.signal)
  }

  /** Dials of one key are one dial. A forced one is for its caller alone. */
  private keyOf(peer: PeerId | undefined, addresses: readonly Multiaddr[], force = false): string {
    if (force) return `forced ${this.nextId}`
    return peer?.toString() ?? addresses.map(String).sort().join(' ')
  }

  queue(): PendingDial[] {
    return [...this.pending.values()].map(({ id, peer, job }) => ({
      id,
      peerId: peer,
      multiaddrs: job.addresses,
      status: job.attempts.some(a => a.outcome === 'pending') ? 'active' : 'queued'
    }))
  }

  stop(): void {
    this.isStopped = true
    for (const { job } of [...this.pending.values()]) job.cancel(new SwarmError('stopped', 'the node is stopping'))
    this.backoff.clear()
  }

  start(): void {
    this.isStopped = false
  }

  private begin(key: string, peer: PeerId | undefined, addresses: readonly Multiaddr[]): Pending {
    const { limits } = this.init
    if (this.pending.size >= limits.maxPendingDials) {
      throw new SwarmError('too-many-dials', `${limits.maxPendingDials} dials are under way or wait already`)
    }
    const target = peer?.toString() ?? addresses.join(' or ')
    const job = new DialJob({ ...this.init, peer, target, backoff: this.backoff, places: this.places })
    const pending: Pending = { id: String(this.nextId++), peer, job, waiters: 0 }
    this.pending.set(key, pending)
    const forget = (): void => {
      if (this.pending.get(key) === pending) this.pending.delete(key)
    }
    // First in line: the connection is in the table before anybody who waits sees it.
    job.result.then(connection => {
      forget()
      this.admit(connection)
    }, forget)
    if (peer !== undefined && addresses.length === 0) job.add(this.findAddresses(peer))
    return pending
  }

  private admit(connection: SwarmConnection): void {
    try {
      this.init.admit(connection)
    } catch (err) {
      connection.abort(toError(err))
    }
  }

  private async findAddresses(peer: PeerId): Promise<Multiaddr[]> {
    try {
      return await this.init.addressesOf(peer, {})
    } catch (cause) {
      throw new SwarmError('no-addresses', `no address of ${peer} could be found`, { cause })
    }
  }

  private async join(pending: Pending, signal?: AbortSignal): Promise<SwarmConnection> {
    pending.waiters++
    try {
      return await raceSignal(pending.job.result, signal)
    } finally {
      pending.waiters--
      if (pending.waiters === 0 && !pending.job.isOver) pending.job.cancel(toError(signal?.reason))
    }
  }
}

function parseTarget(target: DialTarget): { peer?: PeerId; addresses: Multiaddr[] } {
  if (isPeerId(target)) return { peer: target, addresses: [] }
  const addresses = Array.isArray(target) ? target : [target]
  if (addresses.length === 0) throw new InvalidParametersError('give a peer id or at least one address to dial')
  const peers = new Set(addresses.map(peerIdOf).filter(id => id !== undefined))
  if (peers.size > 1) {
    throw new InvalidParametersError(`the addresses belong to ${peers.size} peers; dial one peer at a time`)
  }
  const [text] = peers
  return { peer: text === undefined ? undefined : peerIdFromString(text), addresses }
}

import { fromUtf8 } from '@ts-libp2p/bytes'
import type { PeerId } from '@ts-libp2p/interface'
import { STATUS, type Status } from './messages.ts'

/** What a server holds at most, and what it asks of a registration. */
export interface RegistryLimits {
  readonly maxRegistrations: number
  readonly maxRegistrationsPerPeer: number
  readonly maxRegistrationsPerNamespace: number
  readonly minTtlSeconds: number
  readonly maxTtlSeconds: number
  readonly maxNamespaceBytes: number
}

export interface Registration {
  readonly peer: PeerId
  readonly ns: string
  /** The signed envelope. */
  readonly record: Uint8Array
  readonly ttlSeconds: number
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Grows with every registration, across restarts too. */
  readonly position: number
}

/** Who is registered where. Knows no time but what it is told, and nothing of streams and disks. */
export class Registry {
  private readonly limits: RegistryLimits
  /** By position: a registration that is renewed moves to the end. */
  private readonly all = new Map<number, Registration>()
  private readonly namespaces = new Map<string, Map<string, Registration>>()
  private readonly countOfPeer = new Map<string, number>()
  private lastPosition = 0

  constructor(limits: RegistryLimits) {
    this.limits = limits
  }

  get size(): number {
    return this.all.size
  }

  /** The position of the newest registration ever. */
  get end(): number {
    return this.lastPosition
  }

  /** What speaks against a registration; OK when nothing does. */
  check(peer: PeerId, ns: string, ttlSeconds: number): Status {
    const { limits } = this
    if (!isNamespace(ns, limits.maxNamespaceBytes)) return STATUS.E_INVALID_NAMESPACE
    if (!(ttlSeconds >= limits.minTtlSeconds && ttlSeconds <= limits.maxTtlSeconds)) return STATUS.E_INVALID_TTL
    const peers = this.namespaces.get(ns)
    if (peers?.has(String(peer)) === true) return STATUS.OK
    if ((this.countOfPeer.get(String(peer)) ?? 0) >= limits.maxRegistrationsPerPeer) return STATUS.E_NOT_AUTHORIZED
    const isFull = (peers?.size ?? 0) >= limits.maxRegistrationsPerNamespace || this.size >= limits.maxRegistrations
    return isFull ? STATUS.E_UNAVAILABLE : STATUS.OK
  }

  /** A registration that begins now, in its place in the order. It is not in the registry yet. */
  make(peer: PeerId, ns: string, record: Uint8Array, ttlSeconds: number, now: number): Registration {
    // Later than all before, of earlier runs too, as long as the clock is not set back by more than a run lasts.
    this.lastPosition = Math.max(this.lastPosition + 1, Math.floor(now))
    return { peer, ns, record, ttlSeconds, expiresAt: now + ttlSeconds * 1000, position: this.lastPosition }
  }

  /** In place of the peer's registration in the namespace, if there is one: that is returned. */
  add(registration: Registration): Registration | undefined {
    const { peer, ns, position } = registration
    const previous = this.remove(peer, ns)
    this.lastPosition = Math.max(this.lastPosition, position)
    this.all.set(position, registration)
    const peers = this.namespaces.get(ns) ?? new Map<string, Registration>()
    this.namespaces.set(ns, peers.set(String(peer), registration))
    this.countOfPeer.set(String(peer), (this.countOfPeer.get(String(peer)) ?? 0) + 1)
    return previous
  }

  remove(peer: PeerId, ns: string): Registration | undefined {
    const name = String(peer)
    const peers = this.namespaces.get(ns)
    const registration = peers?.get(name)
    if (peers === undefined || registration === undefined) return undefined
    peers.delete(name)
    if (peers.size === 0) this.namespaces.delete(ns)
    this.all.delete(registration.position)
    const count = (this.countOfPeer.get(name) ?? 1) - 1
    if (count > 0) this.countOfPeer.set(name, count)
    else this.countOfPeer.delete(name)
    return registration
  }

  /** Those of a namespace, or of all where it is empty, behind a position, the earliest first. */
  *after(ns: string, position: number, now: number): Generator<Registration> {
    const registrations = ns === '' ? this.all.values() : (this.namespaces.get(ns)?.values() ?? [])
    for (const registration of registrations) {
      if (registration.position > position && registration.expiresAt > now) yield registration
    }
  }

  /** Removes and returns what has expired. */
  expire(now: number): Registration[] {
    const expired = [...this.all.values()].filter(({ expiresAt }) => expiresAt <= now)
    for (const { peer, ns } of expired) this.remove(peer, ns)
    return expired
  }
}

export function isNamespace(ns: string, maxBytes: number): boolean {
  return ns !== '' && ns.length <= maxBytes && fromUtf8(ns).byteLength <= maxBytes
}

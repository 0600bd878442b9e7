import { type Endpoint, keyOf } from './endpoint.ts'
import { NAT_KEEP_MS } from './limits.ts'

/**
 * What a NAT lets in from outside, named as RFC 3489 does:
 * - `full-cone`: anybody, at a port that somebody inside once used
 * - `address-restricted`: hosts that the inside sent something to
 * - `port-restricted`: endpoints that the inside sent something to
 * - `symmetric`: the same, and every endpoint outside sees the inside at another port
 */
export type NatKind = 'full-cone' | 'address-restricted' | 'port-restricted' | 'symmetric'

interface Mapping {
  readonly inside: Endpoint
  readonly publicPort: number
  /** Those outside whom the inside sent something to: hosts or endpoints, as the kind looks at them. */
  readonly permitted: Set<string>
  /** Connections that use it. */
  uses: number
  /** When the last of them ended, or something was last sent. */
  lastUsedMs: number
}

/** The tables of a NAT, and nothing else: who inside is seen at which port, and who may answer. */
export class NatTable {
  readonly kind: NatKind
  private readonly mappings = new Map<string, Mapping>()
  private readonly byPort = new Map<number, Mapping>()
  private readonly forwards = new Map<number, Endpoint>()
  private readonly freePort: (preferred: number, isTaken: (port: number) => boolean) => number

  /** `freePort` chooses the port outside, given the one inside. */
  constructor(kind: NatKind, freePort: (preferred: number, isTaken: (port: number) => boolean) => number) {
    this.kind = kind
    this.freePort = freePort
  }

  /** Somebody inside sends to `remote`. Returns the port outside that it is seen at. */
  outbound(inside: Endpoint, remote: Endpoint, nowMs: number): number {
    const mapping = this.mappingOf(inside, remote, nowMs)
    mapping.permitted.add(this.permission(remote))
    mapping.lastUsedMs = nowMs
    return mapping.publicPort
  }

  /** `remote` sends to a port outside. Returns who inside gets it; undefined when it is dropped. */
  inbound(publicPort: number, remote: Endpoint, nowMs: number): Endpoint | undefined {
    const forward = this.forwards.get(publicPort)
    if (forward !== undefined) return forward
    const mapping = this.live(publicPort, nowMs)
    const isOpen = this.kind === 'full-cone' || mapping?.permitted.has(this.permission(remote)) === true
    return isOpen ? mapping?.inside : undefined
  }

  /** Whose port it is, though perhaps not for everybody. */
  owner(publicPort: number, nowMs: number): Endpoint | undefined {
    return this.forwards.get(publicPort) ?? this.live(publicPort, nowMs)?.inside
  }

  /** A connection begins or ends to use the port outside. While one does, the mapping stays. */
  used(publicPort: number, by: 1 | -1, nowMs: number): void {
    const mapping = this.byPort.get(publicPort)
    if (mapping === undefined) return
    mapping.uses += by
    mapping.lastUsedMs = nowMs
  }

  /** Lets everything for the port outside in, as a user, UPnP or PCP would configure it. */
  forward(publicPort: number, inside: Endpoint): void {
    this.forwards.set(publicPort, inside)
  }

  unforward(publicPort: number): void {
    this.forwards.delete(publicPort)
  }

  private mappingOf(inside: Endpoint, remote: Endpoint, nowMs: number): Mapping {
    const key = this.kind === 'symmetric' ? `${keyOf(inside)} ${keyOf(remote)}` : keyOf(inside)
    const known = this.mappings.get(key)
    if (known !== undefined && !this.isExpired(known, nowMs)) return known
    if (known !== undefined) this.byPort.delete(known.publicPort)
    const publicPort = this.freePort(inside.port, port => this.owner(port, nowMs) !== undefined)
    const mapping: Mapping = { inside, publicPort, permitted: new Set(), uses: 0, lastUsedMs: nowMs }
    this.mappings.set(key, mapping)
    this.byPort.set(publicPort, mapping)
    return mapping
  }

  private live(port: number, nowMs: number): Mapping | undefined {
    const mapping = this.byPort.get(port)
    return mapping === undefined || this.isExpired(mapping, nowMs) ? undefined : mapping
  }

  private isExpired({ uses, lastUsedMs }: Mapping, nowMs: number): boolean {
    return uses === 0 && nowMs - lastUsedMs > NAT_KEEP_MS
  }

  private permission(remote: Endpoint): string {
    return this.kind === 'address-restricted' ? remote.ip : keyOf(remote)
  }
}

import type { ComponentLogger } from '@ts-libp2p/interface'
import type { SeededRandom } from '../seeded-random.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import type { Attempt } from './attempt.ts'
import { type Endpoint, isLoopback, keyOf } from './endpoint.ts'
import type { EventLog } from './event-log.ts'
import type { Flight } from './flight.ts'
import type { Host } from './host.ts'
import type { LinkTable } from './links.ts'
import type { Nat } from './nat-device.ts'
import type { Socket } from './socket.ts'

export interface NetworkInit {
  /** Milliseconds since the beginning. */
  clock: VirtualClock
  /** The beginning, Unix milliseconds. */
  startMs: number
  random: SeededRandom
  links: LinkTable
  log: EventLog
  logger: (host: Host) => ComponentLogger
  /** Runs something with an eye on everything that is not virtual. */
  watched: <Result>(run: () => Promise<Result>) => Promise<Result>
}

/** Where a dial leads: the host, the endpoint as that host knows it, and the dialler as it is seen there. */
export interface Route {
  readonly host: Host
  readonly to: Endpoint
  readonly from: Endpoint
  /** Whether the NAT in front of that host, if there is one, lets it in now. */
  readonly isLetIn: () => boolean
}

const ALWAYS = (): boolean => true

interface Cut {
  readonly from: ReadonlySet<Host>
  readonly to: ReadonlySet<Host>
}

/** Who is where, and who can reach whom. */
export class Network {
  readonly clock: VirtualClock
  readonly startMs: number
  readonly random: SeededRandom
  readonly links: LinkTable
  readonly logger: NetworkInit['logger']
  readonly watched: NetworkInit['watched']
  /** What waits for a partition to heal, or for a host to come back. */
  readonly held: Set<Flight> = new Set()
  readonly stats: { connections: number; deliveries: number; bytes: number } = {
    connections: 0,
    deliveries: 0,
    bytes: 0
  }

  private readonly log: EventLog
  private readonly hosts = new Map<string, Host>()
  private readonly nats = new Map<string, Nat>()
  private readonly attempts = new Map<string, Attempt>()
  private readonly translated = new Map<Socket, { nat: Nat; port: number }>()
  private cuts: Cut[] = []

  constructor({ clock, startMs, random, links, log, logger, watched }: NetworkInit) {
    this.clock = clock
    this.startMs = startMs
    this.random = random
    this.links = links
    this.log = log
    this.logger = logger
    this.watched = watched
  }

  // ---- who is where --------------------------------------------------------------------------------------------------

  isTaken(ip: string): boolean {
    return this.hosts.has(ip) || this.nats.has(ip)
  }

  add(host: Host): void {
    const table = host.nat?.inside ?? this.hosts
    for (const ip of host.ips) table.set(ip, host)
  }

  addNat(nat: Nat): void {
    this.nats.set(nat.ip, nat)
  }

  /** Where something leads that a host sends from an endpoint of its own. Undefined: nowhere. */
  route(host: Host, from: Endpoint, to: Endpoint): Route | undefined {
    if (isLoopback(to.ip) || host.ips.includes(to.ip)) return { host, from, to, isLetIn: ALWAYS }
    const neighbour = host.nat?.inside.get(to.ip)
    if (neighbour !== undefined) return { host: neighbour, from, to, isLetIn: ALWAYS }
    const { nat } = host
    const seen = nat === undefined ? from : { ip: nat.ip, port: nat.table.outbound(from, to, this.clock.now()) }
    const direct = this.hosts.get(to.ip)
    if (direct !== undefined) return { host: direct, from: seen, to, isLetIn: ALWAYS }
    return this.throughNat(this.nats.get(to.ip), nat, seen, to)
  }

  private throughNat(nat: Nat | undefined, own: Nat | undefined, from: Endpoint, to: Endpoint): Route | undefined {
    if (nat === undefined || (nat === own && !nat.hairpin)) return undefined
    const inside = nat.table.owner(to.port, this.clock.now())
    const host = inside && nat.inside.get(inside.ip)
    if (host === undefined || inside === undefined) return undefined
    const isLetIn = (): boolean => nat.table.inbound(to.port, from, this.clock.now()) !== undefined
    return { host, from, to: inside, isLetIn }
  }

  // ---- connecting ----------------------------------------------------------------------------------------------------

  /** A dial under way from this endpoint to that one, for two that meet. */
  attemptAt(from: Endpoint, to: Endpoint): Attempt | undefined {
    return this.attempts.get(`${keyOf(from)} ${keyOf(to)}`)
  }

  begin(attempt: Attempt): void {
    this.attempts.set(attempt.key, attempt)
  }

  end(attempt: Attempt): void {
    if (this.attempts.get(attempt.key) === attempt) this.attempts.delete(attempt.key)
  }

  /** Lets the listener have a connection whose handshake is done. */
  accept(socket: Socket): void {
    const acceptor = socket.process.acceptorAt(socket.local)
    if (acceptor === undefined) socket.reset()
    else acceptor.accept(socket)
  }

  opened(socket: Socket, seenAs: Endpoint): void {
    this.stats.connections++
    const { nat } = socket.process.host
    if (nat === undefined || nat.ip !== seenAs.ip) return
    nat.table.used(seenAs.port, 1, this.clock.now())
    this.translated.set(socket, { nat, port: seenAs.port })
  }

  closed(socket: Socket): void {
    const translation = this.translated.get(socket)
    this.translated.delete(socket)
    translation?.nat.table.used(translation.port, -1, this.clock.now())
  }

  // ---- what is in the way --------------------------------------------------------------------------------------------

  /** Calls `arrive` once something that one host sends now reaches the other, unless it never does. */
  later(from: Host, to: Host, arrive: () => void): void {
    const { link } = this.links.pipe(from.index, to.index)
    this.clock.after(from.chance.latency(link), () => {
      if (!this.isCut(from, to)) arrive()
    })
  }

  isCut(from: Host, to: Host): boolean {
    return !to.isUp || this.cuts.some(cut => cut.from.has(from) && cut.to.has(to))
  }

  cut(from: readonly Host[], to: readonly Host[]): () => void {
    const cut = { from: new Set(from), to: new Set(to) }
    this.cuts.push(cut)
    return () => {
      this.cuts = this.cuts.filter(c => c !== cut)
      this.resumeHeld()
    }
  }

  heal(): void {
    this.cuts = []
    this.resumeHeld()
  }

  resumeHeld(): void {
    for (const flight of [...this.held]) flight.resume()
  }

  // ---- what is told --------------------------------------------------------------------------------------------------

  note(host: Host, text: string): void {
    this.log.write(`${host.name} ${text}`)
  }

  delivered(to: Socket, chunk: Uint8Array): void {
    this.stats.deliveries++
    this.stats.bytes += chunk.byteLength
    this.log.delivered(to.far.process.host.index, to.process.host.index, chunk.byteLength, chunk)
  }

  /** The two ends of a connection, as lines of the log show them. */
  routeText(socket: Socket): string {
    return `:${socket.local.port} to ${socket.far.process.host.name} ${keyOf(socket.remote)}`
  }
}

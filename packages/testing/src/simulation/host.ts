import type {
  Clock,
  ComponentLogger,
  Ed25519PeerId,
  Ed25519PrivateKey,
  Multiaddr,
  Random,
  Transport
} from '@ts-libp2p/interface'
import { withPeerId } from '@ts-libp2p/multiaddr'
import { noLog } from '@ts-libp2p/stream'
import { identity } from '../identity.ts'
import { nullSecurity } from '../null-security.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { Chance } from './chance.ts'
import { addressOf, isLoopback, isSameFamily } from './endpoint.ts'
import { SimulationError } from './errors.ts'
import { ProcessClock, type Skew } from './host-clock.ts'
import { DEFAULT_PORT, FIRST_EPHEMERAL_PORT, LAST_PORT } from './limits.ts'
import type { Lane } from './links.ts'
import type { Nat } from './nat-device.ts'
import type { Network } from './network.ts'
import { Process } from './process.ts'
import { type HostTransportOptions, hostTransport } from './transport.ts'

export interface HostOptions<Node = unknown> {
  /** Its address, or several, e.g. one of each family. Default: one of its own in the public IPv4 space, each in another /16. */
  ip?: string | readonly string[]
  /** For the event log. Default `h` and its number. */
  name?: string
  /** The NAT that it is behind; with a kind, one of its own. Default none. */
  nat?: Nat
  /** Where its node listens. Default 4001. */
  port?: number
  /** Milliseconds that its clock is ahead. Default 0. */
  skewMs?: number
  /** Millionths that its clock runs too fast. Default 0. */
  driftPpm?: number
  /** Of everything that it sends, whomever to. Default unlimited. */
  uploadBytesPerSecond?: number
  /** Of everything that it gets. Default unlimited. */
  downloadBytesPerSecond?: number
  /** What runs on it: makes its node, at `start()` and again at `restart()`. */
  run?: (host: Host<Node>) => Node | Promise<Node>
}

/** What a node takes from its host. Spread it into the options of `createLibp2p` or `createSwarm`. */
export interface NodeOptions {
  privateKey: Ed25519PrivateKey
  clock: Clock
  random: Random
  logger: ComponentLogger
  transports: ((components: { logger?: ComponentLogger }) => Transport)[]
  connectionEncrypters: ReturnType<typeof nullSecurity>[]
  addresses: { listen: string[] }
}

/**
 * - `killed`: the process ended at once; its system closes its connections, so peers see resets
 * - `power`: the host is gone without a word; peers see silence, and resets when it is back
 */
export type CrashKind = 'killed' | 'power'

/** A machine of the simulation: addresses, a clock, chance, links, and what runs on it. */
export class Host<Node = unknown> {
  readonly index: number
  readonly name: string
  readonly ips: readonly string[]
  readonly port: number
  readonly nat: Nat | undefined
  readonly uploadBytesPerSecond: number
  readonly downloadBytesPerSecond: number
  readonly uplink: Lane = { busyUntil: 0 }
  readonly downlink: Lane = { busyUntil: 0 }
  /** Decides what the links do to what it sends. */
  readonly chance: Chance
  /** What `run` made last. */
  node: Node | undefined

  private readonly network: Network
  private readonly skew: Skew
  /** `never`, so that a host of any node is a host. */
  private readonly program: ((host: never) => Node | Promise<Node>) | undefined
  private current: Process | undefined
  private hasPower = true
  private runs = 0
  private nextPort = FIRST_EPHEMERAL_PORT
  private ownIdentity: { privateKey: Ed25519PrivateKey; peerId: Ed25519PeerId } | undefined

  constructor(network: Network, index: number, ips: readonly string[], options: HostOptions<Node>) {
    this.network = network
    this.index = index
    this.ips = ips
    this.name = options.name ?? `h${index}`
    this.port = options.port ?? DEFAULT_PORT
    this.nat = options.nat
    this.skew = { skewMs: options.skewMs ?? 0, driftPpm: options.driftPpm ?? 0 }
    this.uploadBytesPerSecond = options.uploadBytesPerSecond ?? Number.POSITIVE_INFINITY
    this.downloadBytesPerSecond = options.downloadBytesPerSecond ?? Number.POSITIVE_INFINITY
    this.program = options.run
    this.chance = new Chance(network.random.fork(`links of ${index}`))
  }

  // ---- for the node on it --------------------------------------------------------------------------------------------

  get ip(): string {
    return this.ips[0] as string
  }

  /** Always the same for the same seed and host, across restarts too. */
  get privateKey(): Ed25519PrivateKey {
    return this.identity.privateKey
  }

  get peerId(): Ed25519PeerId {
    return this.identity.peerId
  }

  /** Where its node listens, with its peer id: what others dial. */
  get address(): Multiaddr {
    return withPeerId(addressOf({ ip: this.ip, port: this.port }), this.peerId)
  }

  /** Stands still, and forgets its timers, when the process ends. */
  get clock(): Clock {
    return this.process.clock
  }

  get random(): SeededRandom {
    return this.process.random
  }

  /** The simulated network as a transport for `/ip4/…/tcp/…` and `/ip6/…/tcp/…`. */
  transport(options: HostTransportOptions = {}): (components: { logger?: ComponentLogger }) => Transport {
    const { process, network } = this
    return ({ logger }) => hostTransport(network, process, options, logger?.forComponent('simulation') ?? noLog)
  }

  /** Everything that a node needs to live here. Security is `nullSecurity()`; give another to replace it. */
  options(): NodeOptions {
    return {
      privateKey: this.privateKey,
      clock: this.clock,
      random: this.random,
      logger: this.network.logger(this),
      transports: [this.transport()],
      connectionEncrypters: [nullSecurity()],
      addresses: { listen: this.ips.map(ip => `/${ip.includes(':') ? 'ip6' : 'ip4'}/${ip}/tcp/${this.port}`) }
    }
  }

  // ---- its life ------------------------------------------------------------------------------------------------------

  /** Begun by the first who needs it. A process that was killed does not come back: `restart()` begins another. */
  get process(): Process {
    if (!this.hasPower) throw new SimulationError('crashed', `${this.name} is down: call restart()`)
    this.current ??= this.begin()
    return this.current
  }

  get isUp(): boolean {
    return this.hasPower
  }

  /** The process that is running, if any. */
  get running(): Process | undefined {
    return this.hasPower && this.current?.isAlive ? this.current : undefined
  }

  get isSlow(): boolean {
    return this.uploadBytesPerSecond < Number.POSITIVE_INFINITY
  }

  /** Runs its program. Resolves to the node that it made. */
  async start(): Promise<Node> {
    const { program } = this
    if (program === undefined) throw new SimulationError('misuse', `${this.name} has no \`run\` to start`)
    if (this.node !== undefined) throw new SimulationError('misuse', `${this.name} runs already: call restart()`)
    this.network.note(this, 'start')
    void this.process
    this.node = await this.network.watched(async () => program(this as never))
    return this.node
  }

  /** Ends what runs on it, in the middle of whatever it does. It hears nothing of it. */
  crash(kind: CrashKind = 'killed'): void {
    const { current } = this
    this.network.note(this, kind === 'power' ? 'power lost' : 'killed')
    if (kind === 'power') this.hasPower = false
    this.node = undefined
    this.current = undefined
    if (current === undefined) return
    current.end()
    for (const socket of [...current.sockets]) {
      if (kind === 'power') socket.vanish()
      else socket.reset()
    }
  }

  /** Stops its node in good order, where that can be, and ends the process. Takes as long as the node takes. */
  async stop(): Promise<void> {
    const { current, node } = this
    this.network.note(this, 'stop')
    await (node as { stop?: () => unknown } | undefined)?.stop?.()
    if (current !== undefined && current === this.current) this.crash()
  }

  /** Crashes it if it is running, and runs its program anew. Resolves to the new node; without `run`, to undefined. */
  async restart(): Promise<Node | undefined> {
    if (this.current !== undefined) this.crash()
    this.hasPower = true
    this.network.note(this, 'up')
    this.network.resumeHeld()
    return this.program === undefined ? undefined : await this.start()
  }

  /** A port that no listener has. */
  ephemeralPort(): number {
    const port = this.nextPort
    this.nextPort = port === LAST_PORT ? FIRST_EPHEMERAL_PORT : port + 1
    return this.running?.acceptors.has(port) === true ? this.ephemeralPort() : port
  }

  /** The address that it uses to reach another. */
  sourceIp(destination: string): string | undefined {
    if (isLoopback(destination)) return destination
    return this.ips.find(ip => isSameFamily(ip, destination))
  }

  private begin(): Process {
    const { network } = this
    const clock = new ProcessClock(network.clock, network.startMs, this.skew)
    return new Process(this as Host, clock, network.random.fork(`host ${this.index} run ${this.runs++}`))
  }

  private get identity(): { privateKey: Ed25519PrivateKey; peerId: Ed25519PeerId } {
    this.ownIdentity ??= identity(`${this.network.random.seed}/${this.index}`)
    return this.ownIdentity
  }
}

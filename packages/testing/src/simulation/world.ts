import { SeededRandom } from '../seeded-random.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { type Churn, type ChurnOptions, startChurn } from './churn.ts'
import { canonicalIp } from './endpoint.ts'
import { SimulationError } from './errors.ts'
import { EventLog } from './event-log.ts'
import { type CrashKind, Host, type HostOptions } from './host.ts'
import { DEFAULT_LIMIT_MS, MAX_HOSTS, MAX_LOG_LINES } from './limits.ts'
import { type LinkModel, type LinkOptions, LinkTable } from './links.ts'
import type { NatKind } from './nat.ts'
import { Nat, type NatOptions } from './nat-device.ts'
import { Network } from './network.ts'
import { nodeLogger } from './node-logger.ts'
import { publicIp } from './public-ip.ts'
import { RealityWatch } from './reality.ts'
import { type RunLimit, START_MS } from './time.ts'

export interface WorldOptions {
  /** Everything that is left to chance comes of it. Default 0. */
  seed?: number | string
  /** Every link, or what tells the link from one host to another. Default 10 ms and nothing in the way. */
  link?: LinkOptions | LinkModel
  /** The first moment, Unix milliseconds. Default 2026-01-01T00:00:00Z. */
  startMs?: number
  /** Lines of the event log that are kept. Default 100,000. */
  logLines?: number
  /**
   * What to do when real time, chance or input is used while the simulation runs: `forbid` rejects the run with a
   * `SimulationError` (`leak`) that names the places, `allow` does not look. Default `forbid`.
   */
  reality?: 'forbid' | 'allow'
  /** Which components of the nodes, e.g. `libp2p:swarm`, write their log into the event log. Default none. */
  nodeLogs?: (component: string) => boolean
}

export interface WorldChurnOptions extends ChurnOptions {
  /** Who comes and goes. All of them must have been started. Default everybody. */
  hosts?: readonly Host[]
  /** How they go: see `Host.crash`, and `stop` for those who say goodbye. Default `killed`. */
  kind?: CrashKind | 'stop' | ((host: Host, random: SeededRandom) => CrashKind | 'stop')
}

/**
 * A network in virtual time. The same seed and the same calls give the same course, event by event.
 *
 * @example
 * const world = simulate({ seed: 7, link: { latencyMs: 20, jitterMs: 5 } })
 * const run = (host: Host) => createLibp2p({ ...host.options(), services: { … } })
 * const [a, b] = [world.host({ run }), world.host({ run, nat: 'symmetric', skewMs: 250 })]
 * await a.start()
 * const node = await b.start()
 * await world.until(node.dial(a.address))
 */
export function simulate(options: WorldOptions = {}): World {
  return new World(options)
}

export class World {
  readonly seed: number | string
  readonly hosts: Host[] = []
  /** Milliseconds since the beginning. */
  readonly clock: VirtualClock = new VirtualClock(0)
  readonly random: SeededRandom

  private readonly network: Network
  private readonly links: LinkTable
  private readonly events: EventLog
  private readonly reality: RealityWatch | undefined
  private readonly failures: unknown[] = []
  private nextPublicIp = 0
  private churns = 0

  constructor(options: WorldOptions) {
    const { seed = 0, link = {}, startMs = START_MS, logLines = MAX_LOG_LINES } = options
    this.seed = seed
    this.reality = options.reality === 'allow' ? undefined : new RealityWatch()
    this.random = new SeededRandom(seed)
    this.links = new LinkTable(link)
    this.events = new EventLog(() => this.clock.now(), logLines)
    const { clock, random, links } = this
    this.network = new Network({
      ...{ clock, startMs, random, links, log: this.events },
      logger: host => nodeLogger(options.nodeLogs ?? (() => false), line => this.note(`${host.name} ${line}`)),
      watched: run => this.watched(run)
    })
  }

  // ---- what there is -------------------------------------------------------------------------------------------------

  /** Adds a host. It does nothing until it is started. */
  host<Node = unknown>(options: Omit<HostOptions<Node>, 'nat'> & { nat?: Nat | NatKind } = {}): Host<Node> {
    if (this.hosts.length >= MAX_HOSTS) throw new SimulationError('too-many', `${MAX_HOSTS} hosts are the most`)
    const { nat } = options
    const device = typeof nat === 'string' ? this.nat({ kind: nat }) : nat
    const ips = options.ip === undefined ? [this.freshIp(device)] : [options.ip].flat().map(canonicalIp)
    for (const ip of ips) this.checkFree(ip, device)
    const host = new Host<Node>(this.network, this.hosts.length, ips, { ...options, nat: device })
    this.hosts.push(host as Host)
    this.network.add(host as Host)
    return host
  }

  /** Adds a NAT, for hosts to be behind. */
  nat(options: NatOptions = {}): Nat {
    const ip = options.ip === undefined ? this.freshIp(undefined) : canonicalIp(options.ip)
    this.checkFree(ip, undefined)
    const nat = new Nat(ip, options, this.random.fork(`nat ${ip}`))
    this.network.addNat(nat)
    return nat
  }

  /** Changes the links between two hosts, both ways unless `oneWay`, of open connections too. */
  link(a: Host, b: Host, options: LinkOptions, { oneWay = false }: { oneWay?: boolean } = {}): void {
    this.links.set(a.index, b.index, options)
    if (!oneWay) this.links.set(b.index, a.index, options)
  }

  /**
   * Nothing passes between the two groups any more, until the result is called or everything is healed: dials are not
   * answered, bytes wait, and arrive when it is over. `oneWay`: nothing from the first to the second.
   */
  partition(a: readonly Host[], b?: readonly Host[], { oneWay = false }: { oneWay?: boolean } = {}): () => void {
    const others = b ?? this.hosts.filter(host => !a.includes(host))
    this.events.write(`partition ${names(a)} ${oneWay ? 'to' : 'and'} ${names(others)}`)
    const undos = [this.network.cut(a, others)]
    if (!oneWay) undos.push(this.network.cut(others, a))
    return () => {
      this.events.write(`healed ${names(a)} and ${names(others)}`)
      for (const undo of undos) undo()
    }
  }

  /** Ends every partition. */
  heal(): void {
    this.events.write('healed')
    this.network.heal()
  }

  /** Lets hosts come and go. What goes wrong when one comes rejects the run that it happens in. */
  churn({ hosts = this.hosts, kind = 'killed', ...options }: WorldChurnOptions = {}): Churn {
    const random = this.random.fork(`churn ${this.churns++}`)
    const comers = [...hosts].map(host => ({
      come: () => this.background(host.restart()),
      go: () => this.leave(host, typeof kind === 'function' ? kind(host, random) : kind)
    }))
    return startChurn(comers, options, random, (ms, fn) => this.clock.after(ms, fn))
  }

  // ---- time ----------------------------------------------------------------------------------------------------------

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.clock.now()
  }

  /** Lets time pass. */
  async run({ ms }: { ms: number }): Promise<void> {
    await this.watched(() => this.clock.advance(ms))
  }

  /** Lets time pass until the condition holds. Rejects with a `SimulationError` (`not-in-time`). */
  async runUntil(condition: () => boolean, { limitMs = DEFAULT_LIMIT_MS }: RunLimit = {}): Promise<void> {
    if (await this.watched(() => this.clock.advanceUntil(condition, this.clock.now() + limitMs))) return
    throw new SimulationError('not-in-time', `seed ${this.seed}: it did not happen within ${limitMs} ms`)
  }

  /** Lets time pass until the promise is settled, and passes its outcome on. */
  async until<Result>(promise: Promise<Result>, limit: RunLimit = {}): Promise<Result> {
    let isSettled = false
    const note = (): void => {
      isSettled = true
    }
    promise.then(note, note)
    await this.runUntil(() => isSettled, limit)
    return await promise
  }

  // ---- what happened -------------------------------------------------------------------------------------------------

  /** Lines of text, each with its moment, milliseconds since the beginning. */
  get log(): readonly string[] {
    return this.events.lines
  }

  /** Of everything that happened so far: each line of the log, and each delivery with its first bytes. */
  get fingerprint(): string {
    return this.events.fingerprint
  }

  /** Of the network, so far. */
  get stats(): { readonly connections: number; readonly deliveries: number; readonly bytes: number } {
    return this.network.stats
  }

  /** Writes a line of one's own. */
  note(text: string): void {
    this.events.write(text)
  }

  /** Runs with an eye on everything that is not virtual. */
  private async watched<Result>(run: () => Promise<Result>): Promise<Result> {
    const stop = this.reality?.watch()
    try {
      return await run()
    } finally {
      stop?.()
      this.checkFailures()
      this.checkReality()
    }
  }

  private checkReality(): void {
    const leaks = this.reality?.leaks.splice(0) ?? []
    if (leaks.length === 0) return
    const list = leaks.map(({ what, where }) => `  ${what} ${where}`).join('\n')
    throw new SimulationError('leak', `this run cannot be repeated, something real was used in it:\n${list}`)
  }

  private leave(host: Host, kind: CrashKind | 'stop'): void {
    if (kind === 'stop') this.background(host.stop())
    else host.crash(kind)
  }

  private background(work: Promise<unknown>): void {
    work.catch((err: unknown) => this.failures.push(err))
  }

  private checkFailures(): void {
    const [first] = this.failures.splice(0)
    if (first !== undefined) throw first
  }

  private freshIp(nat: Nat | undefined): string {
    if (nat !== undefined) return `192.168.${nat.inside.size >> 8}.${(nat.inside.size & 255) + 1}`
    for (;;) {
      const ip = publicIp(this.nextPublicIp++)
      if (!this.network.isTaken(ip)) return ip
    }
  }

  private checkFree(ip: string, nat: Nat | undefined): void {
    const isTaken = nat === undefined ? this.network.isTaken(ip) : nat.inside.has(ip)
    if (isTaken) throw new SimulationError('misuse', `two hosts have the address ${ip}`)
  }
}

function names(hosts: readonly Host[]): string {
  return hosts.length > 8 ? `${hosts.length} hosts` : hosts.map(host => host.name).join(',')
}

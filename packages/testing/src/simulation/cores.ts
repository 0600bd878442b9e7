import type { Undo } from '@ts-libp2p/interface'
import { SeededRandom } from '../seeded-random.ts'
import type { Due } from '../timer-heap.ts'
import { TimerWheel } from '../timer-wheel.ts'
import { Chance } from './chance.ts'
import { type Churn, type ChurnOptions, startChurn } from './churn.ts'
import type { CoreShell, CoresOptions } from './core-port.ts'
import { SimulationError } from './errors.ts'
import { EventLog } from './event-log.ts'
import { DEFAULT_LIMIT_MS, FIRST_SWEEP, MAX_CORES, MAX_LOG_LINES } from './limits.ts'
import { checkedLink, type Lane, type LinkModel, type LinkOptions, passLane } from './links.ts'
import { type RunLimit, START_MS } from './time.ts'

interface Happening extends Due {
  /** Whose it is and dies with. */
  readonly owner: object | undefined
  /** What is called. Undefined: it is a message that arrives. */
  readonly fire: (() => void) | undefined
}

/**
 * Many pure cores that pass messages to each other in virtual time. No stream, no promise: an event is a function
 * call, so that ten thousand cores run where whole nodes would not fit. Messages between two cores keep their order.
 *
 * @example
 * const net = simulateCores<Rpc, Shell>({
 *   seed: 7,
 *   link: wideArea(),
 *   create: port => {
 *     const router = new Router({ random: port.random })
 *     const play = (effects: Effect[]) => {
 *       for (const e of effects) if (e.type === 'send') port.send(e.to, e.rpc, e.bytes)
 *     }
 *     return { router, receive: (from, rpc) => play(router.handle({ type: 'rpc', from, rpc }, port.now())) }
 *   }
 * })
 * net.add(10_000)
 * net.run({ ms: 60_000 })
 */
export function simulateCores<Message, Shell extends CoreShell<Message> = CoreShell<Message>>(
  options: CoresOptions<Message, Shell>
): Cores<Message, Shell> {
  return new Cores(options)
}

/** One place in the simulation, and what runs there now. */
interface Place<Shell> {
  readonly index: number
  readonly chance: Chance
  readonly uplink: Lane
  readonly uploadBytesPerSecond: number
  /** Which run it is: what was meant for an earlier one does not arrive. */
  run: number
  shell: Shell | undefined
  /** Takes messages and answers none. */
  isMute: boolean
  /** When the last message to each other place is due, where chance could change their order. */
  readonly lastArrivals: Map<number, { at: number }>
  sweepAt: number
}

/** A message under way: one object and no closure, because there are millions. */
interface Passage<Message, Shell> extends Happening {
  readonly from: Place<Shell>
  readonly to: Place<Shell>
  /** Which run of the receiver it is meant for. */
  readonly run: number
  readonly message: Message
  readonly bytes: number
  readonly isLost: boolean
}

export class Cores<Message, Shell extends CoreShell<Message> = CoreShell<Message>> {
  readonly seed: number | string
  readonly random: SeededRandom
  readonly stats: { messages: number; bytes: number; dropped: number; events: number } = {
    messages: 0,
    bytes: 0,
    dropped: 0,
    events: 0
  }

  private readonly options: CoresOptions<Message, Shell>
  private readonly linkOf: LinkModel
  private readonly startMs: number
  private readonly events: EventLog
  private readonly happenings = new TimerWheel<Happening>()
  private readonly places: Place<Shell>[] = []
  private now = 0
  private nextOrder = 0
  private churns = 0

  constructor(options: CoresOptions<Message, Shell>) {
    const { seed = 0, link = {}, startMs = START_MS, logLines = MAX_LOG_LINES } = options
    if (typeof link !== 'function') checkedLink(link)
    this.options = options
    this.linkOf = typeof link === 'function' ? link : () => link
    this.seed = seed
    this.startMs = startMs
    this.random = new SeededRandom(seed)
    this.events = new EventLog(() => this.now, logLines)
  }

  // ---- who is there --------------------------------------------------------------------------------------------------

  get size(): number {
    return this.places.length
  }

  /** Adds cores and starts them. Returns the index of the first. */
  add(count = 1): number {
    const first = this.places.length
    if (first + count > MAX_CORES) throw new SimulationError('too-many', `${MAX_CORES} cores are the most`)
    for (let i = first; i < first + count; i++) this.begin(this.newPlace(i))
    return first
  }

  /** What runs there; undefined after a crash. */
  shell(index: number): Shell | undefined {
    return this.place(index).shell
  }

  /** Everything that runs there is gone, its timers with it; what is under way to it is lost. */
  crash(index: number): void {
    const place = this.place(index)
    if (place.shell === undefined) return
    this.note(`core ${index} crashed`)
    place.shell = undefined
    place.run++
    this.happenings.removeWhere(happening => happening.owner === place)
  }

  /** Crashes it if it runs, and makes it anew. */
  restart(index: number): Shell {
    this.crash(index)
    this.note(`core ${index} restarted`)
    return this.begin(this.place(index))
  }

  /** Lets a core take messages and answer none, without being told, or ends that. */
  mute(index: number, isMute = true): void {
    this.place(index).isMute = isMute
  }

  /** Lets cores come and go. `cores`: who does. Default everybody. */
  churn({ cores, ...options }: ChurnOptions & { cores?: readonly number[] } = {}): Churn {
    const comers = (cores ?? this.places.map(place => place.index)).map(index => ({
      come: () => void this.restart(index),
      go: () => this.crash(index)
    }))
    const random = this.random.fork(`churn ${this.churns++}`)
    return startChurn(comers, options, random, (ms, fn) => this.after(ms, fn))
  }

  // ---- time ----------------------------------------------------------------------------------------------------------

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.now
  }

  /** Lets time pass. What a shell throws ends the run. */
  run({ ms }: { ms: number }): void {
    this.advance(() => false, this.now + ms)
  }

  /** Lets time pass until the condition, asked after each event, holds. Throws a `SimulationError` (`not-in-time`). */
  runUntil(condition: () => boolean, { limitMs = DEFAULT_LIMIT_MS }: RunLimit = {}): void {
    if (this.advance(condition, this.now + limitMs)) return
    throw new SimulationError('not-in-time', `seed ${this.seed}: it did not happen within ${limitMs} ms`)
  }

  /** Calls `fn` after `ms` milliseconds: for what the experiment itself does. */
  after(ms: number, fn: () => void): Undo {
    return this.setTimer(undefined, ms, fn)
  }

  // ---- what happened -------------------------------------------------------------------------------------------------

  /** Lines of text, each with its moment, milliseconds since the beginning. */
  get log(): readonly string[] {
    return this.events.lines
  }

  /** Of everything that happened so far: each line of the log, and each message with its size. */
  get fingerprint(): string {
    return this.events.fingerprint
  }

  note(text: string): void {
    this.events.write(text)
  }

  // ---- inside --------------------------------------------------------------------------------------------------------

  private advance(isDone: () => boolean, until: number): boolean {
    while (!isDone()) {
      const next = this.happenings.first
      if (next === undefined || next.at > until) {
        this.now = until
        return isDone()
      }
      this.happenings.pop()
      this.now = next.at
      this.stats.events++
      if (next.fire === undefined) this.arrive(next as Passage<Message, Shell>)
      else next.fire()
    }
    return true
  }

  private place(index: number): Place<Shell> {
    const place = this.places[index]
    if (place === undefined) throw new SimulationError('misuse', `there is no core ${index}`)
    return place
  }

  private newPlace(index: number): Place<Shell> {
    const { uploadBytesPerSecond: upload = Number.POSITIVE_INFINITY } = this.options
    const place: Place<Shell> = {
      index,
      chance: new Chance(this.random.fork(`links of ${index}`)),
      uplink: { busyUntil: 0 },
      uploadBytesPerSecond: typeof upload === 'function' ? upload(index) : upload,
      run: 0,
      shell: undefined,
      isMute: false,
      lastArrivals: new Map(),
      sweepAt: FIRST_SWEEP
    }
    this.places.push(place)
    return place
  }

  private begin(place: Place<Shell>): Shell {
    const { index, run } = place
    const isCurrent = (): boolean => place.run === run
    place.shell = this.options.create({
      index,
      random: this.random.fork(`core ${index} run ${run}`),
      now: () => this.startMs + this.now,
      send: (to, message, bytes = 0) => {
        if (isCurrent()) this.send(place, this.place(to), message, bytes)
      },
      after: (ms, fn) => (isCurrent() ? this.setTimer(place, ms, fn) : () => {})
    })
    return place.shell
  }

  private setTimer(place: object | undefined, ms: number, fn: () => void): Undo {
    if (Number.isNaN(ms)) throw new SimulationError('misuse', 'a timer was set for NaN milliseconds')
    const at = this.now + Math.max(0, ms)
    const happening: Happening = { at, order: this.nextOrder++, place: -1, owner: place, fire: fn }
    this.happenings.push(happening)
    return () => this.happenings.remove(happening)
  }

  private send(from: Place<Shell>, to: Place<Shell>, message: Message, bytes: number): void {
    if (from.isMute) return
    const link = this.linkOf(from.index, to.index)
    const at = this.arrivalOf(from, to, link, bytes)
    const isLost = from.chance.happens(link.resetChance ?? 0)
    const order = this.nextOrder++
    const { run } = to
    // Without spreads, of which each would be one object more.
    // biome-ignore format: one line for what is due, and one for the message
    const passage: Passage<Message, Shell> = {
      at, order, place: -1, owner: undefined, fire: undefined,
      from, to, run, message, bytes, isLost
    }
    this.happenings.push(passage)
  }

  private arrive({ from, to, run, message, bytes, isLost }: Passage<Message, Shell>): void {
    if (to.run !== run || to.shell === undefined || isLost) {
      this.drop(from, to, message)
      return
    }
    this.stats.messages++
    this.stats.bytes += bytes
    this.events.delivered(from.index, to.index, bytes)
    to.shell.receive(from.index, message)
  }

  private drop(from: Place<Shell>, to: Place<Shell>, message: Message): void {
    this.stats.dropped++
    if (from.shell?.undeliverable === undefined) return
    const back = to.chance.latency(this.linkOf(to.index, from.index))
    this.setTimer(from, back, () => from.shell?.undeliverable?.(to.index, message))
  }

  private arrivalOf(from: Place<Shell>, to: Place<Shell>, link: LinkOptions, bytes: number): number {
    const at = this.sentAt(from, bytes) + from.chance.latency(link)
    if (!link.jitterMs && !link.stallChance) return at
    const { lastArrivals } = from
    const last = lastArrivals.get(to.index)
    if (last !== undefined) {
      last.at = Math.max(at, last.at)
      return last.at
    }
    lastArrivals.set(to.index, { at })
    if (lastArrivals.size > from.sweepAt) this.sweepArrivals(from)
    return at
  }

  private sentAt({ uplink, uploadBytesPerSecond }: Place<Shell>, bytes: number): number {
    if (uploadBytesPerSecond === Number.POSITIVE_INFINITY) return this.now
    return passLane(uplink, bytes, uploadBytesPerSecond, { first: this.now, last: this.now }).last
  }

  /** What has arrived orders nothing any more. */
  private sweepArrivals(from: Place<Shell>): void {
    const { lastArrivals } = from
    for (const [to, { at }] of lastArrivals) if (at <= this.now) lastArrivals.delete(to)
    from.sweepAt = Math.max(FIRST_SWEEP, 2 * lastArrivals.size)
  }
}

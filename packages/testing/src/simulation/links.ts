import { SimulationError } from './errors.ts'
import { DEFAULT_GIVE_UP_MS, DEFAULT_STALL_MS, DEFAULT_WINDOW_BYTES } from './limits.ts'

/** One direction between two hosts. */
export interface LinkOptions {
  /** One-way, milliseconds. Default 10. */
  readonly latencyMs?: number
  /** The latency of each passage is up to this much more or less, evenly spread. Order is kept. Default 0. */
  readonly jitterMs?: number
  /** Shared by all connections between the two. Default unlimited. */
  readonly bandwidthBytesPerSecond?: number
  /** Probability that a passage, and all behind it, is late: a lost packet, as a stream shows it. Default 0. */
  readonly stallChance?: number
  /** How late, milliseconds. Default 200. */
  readonly stallMs?: number
  /** Probability that a passage ends its connection for both sides instead of arriving. Default 0. */
  readonly resetChance?: number
  /** Bytes under way in one connection before its sender is held back. Default 1 MiB. */
  readonly windowBytes?: number
  /** Milliseconds that bytes may wait for a partition or host to come back before their connection is lost. Default 924,600. */
  readonly giveUpMs?: number
}

/** The link from one host, by its index, to another. Asked once per pair. */
export type LinkModel = (from: number, to: number) => LinkOptions

export type Link = Required<LinkOptions>

export const DEFAULT_LINK: Link = {
  latencyMs: 10,
  jitterMs: 0,
  bandwidthBytesPerSecond: Number.POSITIVE_INFINITY,
  stallChance: 0,
  stallMs: DEFAULT_STALL_MS,
  resetChance: 0,
  windowBytes: DEFAULT_WINDOW_BYTES,
  giveUpMs: DEFAULT_GIVE_UP_MS
}

/** Bytes in one direction between two hosts, or out of one, or into one, take turns. */
export interface Lane {
  /** When the last of them is through, milliseconds. */
  busyUntil: number
}

/** One direction between two hosts, with what is on it. */
export interface Pipe extends Lane {
  link: Link
}

/** Throws a `SimulationError` (`misuse`) that names the option. */
export function checkedLink(options: LinkOptions): LinkOptions {
  for (const [name, value] of Object.entries(options) as [keyof LinkOptions, number | undefined][]) {
    const most = name === 'stallChance' || name === 'resetChance' ? 1 : Number.POSITIVE_INFINITY
    if (value !== undefined && !(value >= 0 && value <= most)) {
      throw new SimulationError('misuse', `a link's ${name} must be from 0 to ${most}, not ${value}`)
    }
  }
  if (options.bandwidthBytesPerSecond === 0) throw new SimulationError('misuse', 'no bandwidth at all: use partition()')
  return options
}

/**
 * How the bytes go through a lane that others use too: `first` and `last` are when the first and the last byte come out,
 * given when they come in. Bytes pass on as they come, so that of several lanes the slowest counts, once.
 */
export function passLane(lane: Lane, bytes: number, bytesPerSecond: number, when: Transit): Transit {
  if (bytesPerSecond === Number.POSITIVE_INFINITY) return when
  const first = Math.max(when.first, lane.busyUntil)
  const last = Math.max(when.last, first + (bytes / bytesPerSecond) * 1000)
  lane.busyUntil = last
  return { first, last }
}

export interface Transit {
  readonly first: number
  readonly last: number
}

/** The pipes of a world, made when they are first used. */
export class LinkTable {
  private readonly defaults: LinkModel
  private readonly overrides = new Map<number, LinkOptions>()
  private readonly pipes = new Map<number, Pipe>()

  constructor(defaults: LinkOptions | LinkModel) {
    if (typeof defaults !== 'function') checkedLink(defaults)
    this.defaults = typeof defaults === 'function' ? defaults : () => defaults
  }

  pipe(from: number, to: number): Pipe {
    const key = keyOf(from, to)
    const known = this.pipes.get(key)
    if (known !== undefined) return known
    const pipe: Pipe = { link: this.resolve(from, to), busyUntil: 0 }
    this.pipes.set(key, pipe)
    return pipe
  }

  /** Changes what differs from the default, on connections that are open too. */
  set(from: number, to: number, options: LinkOptions): void {
    this.overrides.set(keyOf(from, to), checkedLink(options))
    const pipe = this.pipes.get(keyOf(from, to))
    if (pipe !== undefined) pipe.link = this.resolve(from, to)
  }

  private resolve(from: number, to: number): Link {
    if (from === to) return { ...DEFAULT_LINK, latencyMs: 0 }
    return { ...DEFAULT_LINK, ...checkedLink(this.defaults(from, to)), ...this.overrides.get(keyOf(from, to)) }
  }
}

function keyOf(from: number, to: number): number {
  return from * 2 ** 20 + to
}

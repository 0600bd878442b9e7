import type { Undo } from '@ts-libp2p/interface'
import type { Host } from './host.ts'
import { type Pipe, passLane } from './links.ts'
import type { Network } from './network.ts'

/** What goes from one end to the other: the end of the handshake, bytes, the end of the sending, or of everything. */
export interface Passage {
  readonly type: 'open' | 'bytes' | 'end' | 'reset' | 'lost'
  readonly chunks: readonly Uint8Array[]
  readonly bytes: number
  /** When its first byte arrives. */
  readonly firstAt: number
  /** When it arrives. Passages arrive in the order that they left in. */
  at: number
  /** The far host's own bandwidth was asked for. */
  isThrough: boolean
}

export interface FlightInit {
  network: Network
  from: Host
  to: Host
  /** Something arrived. */
  deliver: (passage: Passage) => void
  /** Nothing arrived for too long. */
  giveUp: () => void
}

/** One direction of a connection: what is under way in it. One event, for the first to arrive, is set at a time. */
export class Flight {
  readonly pipe: Pipe
  private readonly init: FlightInit
  private readonly passages: Passage[] = []
  private lastArrival = 0
  private isArrivalDue = false
  /** Set while what is under way waits for the network, or the far host, to come back. */
  private stopGivingUp: Undo | undefined
  private isAbandoned = false

  constructor(init: FlightInit) {
    this.init = init
    this.pipe = init.network.links.pipe(init.from.index, init.to.index)
  }

  /** Sends something on its way. Returns when the last of it has left. */
  send(type: Passage['type'], chunks: readonly Uint8Array[] = [], bytes = 0): number {
    const { pipe } = this
    const { network, from } = this.init
    const { link } = pipe
    const now = network.clock.now()
    const out = passLane(from.uplink, bytes, from.uploadBytesPerSecond, { first: now, last: now })
    const through = passLane(pipe, bytes, link.bandwidthBytesPerSecond, out)
    const delay = from.chance.latency(link)
    const at = Math.max(this.lastArrival, through.last + delay)
    this.lastArrival = at
    const isLost = bytes > 0 && from.chance.happens(link.resetChance)
    const firstAt = through.first + delay
    this.passages.push({ type: isLost ? 'lost' : type, at, firstAt, isThrough: bytes === 0, chunks, bytes })
    this.setArrival(at)
    return through.last
  }

  /** Nobody is there any more who would send again what the network loses. */
  abandon(): void {
    this.isAbandoned = true
    if (this.stopGivingUp === undefined) return
    this.stopHolding()
    this.passages.length = 0
  }

  /** What waited for the network, or the far host, to come back goes on. */
  resume(): void {
    const { network, from, to } = this.init
    if (this.stopGivingUp === undefined || network.isCut(from, to)) return
    this.stopHolding()
    this.setArrival(network.clock.now() + this.pipe.link.latencyMs)
  }

  private setArrival(at: number): void {
    if (this.isArrivalDue || this.stopGivingUp !== undefined) return
    this.isArrivalDue = true
    const { clock } = this.init.network
    clock.after(at - clock.now(), () => {
      this.isArrivalDue = false
      this.arrive()
    })
  }

  private arrive(): void {
    const { passages } = this
    const { network, from, to, deliver } = this.init
    if (network.isCut(from, to)) {
      this.hold()
      return
    }
    const now = network.clock.now()
    for (let next = passages[0]; next !== undefined && next.at <= now; next = passages[0]) {
      if (!next.isThrough) this.throughDownlink(next, now)
      if (next.at > now) break
      passages.shift()
      deliver(next)
    }
    const next = passages[0]
    if (next !== undefined) this.setArrival(next.at)
  }

  /** The last lane that bytes go through is shared by everybody who sends to that host, in the order that they come in. */
  private throughDownlink(passage: Passage, now: number): void {
    const { to } = this.init
    passage.isThrough = true
    const when = { first: Math.min(passage.firstAt, now), last: now }
    passage.at = passLane(to.downlink, passage.bytes, to.downloadBytesPerSecond, when).last
  }

  private hold(): void {
    const { network, giveUp } = this.init
    if (this.isAbandoned) {
      this.passages.length = 0
      return
    }
    network.held.add(this)
    this.stopGivingUp = network.clock.after(this.pipe.link.giveUpMs, () => {
      this.stopHolding()
      giveUp()
    })
  }

  private stopHolding(): void {
    this.stopGivingUp?.()
    this.stopGivingUp = undefined
    this.init.network.held.delete(this)
  }
}

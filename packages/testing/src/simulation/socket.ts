import { type Multiaddr, StreamResetError, type Undo } from '@ts-libp2p/interface'
import { ByteConnection, type ByteStream, defer, type StreamOwner } from '@ts-libp2p/stream'
import type { Endpoint } from './endpoint.ts'
import type { Process } from './host.ts'
import { MAX_PASSAGE_BYTES, MAX_SHARED_PASSAGE_BYTES } from './limits.ts'
import { type Pipe, passLane } from './links.ts'
import type { Network } from './network.ts'

/** What goes from one end to the other: the end of the handshake, bytes, the end of the sending, or of everything. */
interface Passage {
  readonly type: 'open' | 'bytes' | 'end' | 'reset' | 'lost'
  /** When it arrives. Passages arrive in the order that they left in. */
  at: number
  /** When its first byte does. */
  readonly firstAt: number
  /** The far host's own bandwidth was asked for. */
  isThrough: boolean
  readonly chunks: readonly Uint8Array[]
  readonly bytes: number
}

export interface SocketInit {
  network: Network
  process: Process
  local: Endpoint
  /** The far end as it is seen from here. */
  remote: Endpoint
  remoteAddr: Multiaddr
  direction: 'inbound' | 'outbound'
}

const NOTHING: readonly Uint8Array[] = []

/**
 * One end of a simulated connection: sends what its stream has, as the link allows, and takes what arrives. Like a
 * socket of the system, it outlives neither its process nor its stream.
 */
export class Socket implements StreamOwner {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly process: Process
  readonly connection: ByteConnection
  far!: Socket

  private readonly network: Network
  private readonly pipe: Pipe
  /** Under way to the far end. One event, for the first of them, is set at a time. */
  private readonly passages: Passage[] = []
  private readonly inbox: Passage[] = []
  private bytesInFlight = 0
  private lastArrival = 0
  private isReading = true
  private isSendDue = false
  private isArrivalDue = false
  private isWaitingForLane = false
  /** Set while what is under way waits for the network, or the far host, to come back. */
  private stopGivingUp: Undo | undefined
  /** `ended` in good order: what is under way still arrives. `dropped`: what the network lost is not sent again. */
  private state: 'open' | 'ended' | 'dropped' = 'open'

  constructor(init: SocketInit & { to: Process }) {
    const { network, process, to } = init
    this.network = network
    this.process = process
    this.local = init.local
    this.remote = init.remote
    this.pipe = network.links.pipe(process.host.index, to.host.index)
    const { clock } = process
    this.connection = new ByteConnection({
      ...{ owner: this, clock, direction: init.direction, remoteAddr: init.remoteAddr }
    })
    if (process.isAlive) process.sockets.add(this)
    else this.state = 'dropped'
  }

  private get isGone(): boolean {
    return this.state !== 'open'
  }

  // ---- what the stream asks for ------------------------------------------------------------------------------------

  queued(): void {
    if (this.isSendDue || this.isWaitingForLane || this.isGone) return
    this.isSendDue = true
    defer(() => {
      this.isSendDue = false
      this.send()
    })
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.isReading = wanted
    if (!wanted || this.inbox.length === 0) return
    defer(() => this.drain())
  }

  aborted(_: ByteStream, err: Error): void {
    this.note(`aborts: ${err.message}`)
    // Not at once: a stream must not be called while it calls.
    defer(() => this.reset())
  }

  ended(): void {
    this.note('ends')
    this.leave('ended')
  }

  // ---- what happens to it ------------------------------------------------------------------------------------------

  /** The client's end of the handshake, behind which its first bytes travel. */
  open(): void {
    this.pass('open', NOTHING, 0)
  }

  /** Gives up this end and tells the far one. */
  reset(): void {
    if (this.isGone) return
    this.leave('dropped')
    this.pass('reset', NOTHING, 0)
  }

  /** Gives up this end; nobody tells the far one. */
  vanish(): void {
    this.leave('dropped')
  }

  /** What waited for the network, or the far host, to come back goes on. */
  resume(): void {
    if (this.stopGivingUp === undefined || this.network.isCut(this.process.host, this.far.process.host)) return
    this.stopHolding()
    this.setArrival(this.network.clock.now() + this.pipe.link.latencyMs)
  }

  // ---- sending -----------------------------------------------------------------------------------------------------

  private send(): void {
    const { connection, pipe } = this
    const isShared = pipe.link.bandwidthBytesPerSecond < Number.POSITIVE_INFINITY || this.process.host.isSlow
    const most = isShared ? MAX_SHARED_PASSAGE_BYTES : MAX_PASSAGE_BYTES
    while (!this.isGone && this.bytesInFlight < pipe.link.windowBytes && connection.hasQueued) {
      if (connection.isFinQueued) break
      const chunks: Uint8Array[] = []
      const bytes = connection.pull(chunks, most)
      if (this.sendBytes(chunks, bytes)) return
    }
    if (this.isGone || !connection.isFinQueued) return
    this.pass('end', NOTHING, 0)
    connection.finSent()
  }

  /** Returns whether the next must wait until these have left. */
  private sendBytes(chunks: readonly Uint8Array[], bytes: number): boolean {
    const leavesAt = this.pass('bytes', chunks, bytes)
    const now = this.network.clock.now()
    if (leavesAt <= now) return false
    this.isWaitingForLane = true
    this.network.clock.after(leavesAt - now, () => {
      this.isWaitingForLane = false
      this.send()
    })
    return true
  }

  /** Sends something on its way. Returns when the last of it has left. */
  private pass(type: Passage['type'], chunks: readonly Uint8Array[], bytes: number): number {
    const { network, pipe } = this
    const { host } = this.process
    const { link } = pipe
    const now = network.clock.now()
    const out = passLane(host.uplink, bytes, host.uploadBytesPerSecond, { first: now, last: now })
    const through = passLane(pipe, bytes, link.bandwidthBytesPerSecond, out)
    const delay = host.chance.latency(link)
    const at = Math.max(this.lastArrival, through.last + delay)
    this.lastArrival = at
    this.bytesInFlight += bytes
    const isLost = bytes > 0 && host.chance.happens(link.resetChance)
    const firstAt = through.first + delay
    this.passages.push({ type: isLost ? 'lost' : type, at, firstAt, isThrough: bytes === 0, chunks, bytes })
    this.setArrival(at)
    return through.last
  }

  // ---- arriving ----------------------------------------------------------------------------------------------------

  private setArrival(at: number): void {
    if (this.isArrivalDue || this.stopGivingUp !== undefined) return
    this.isArrivalDue = true
    this.network.clock.after(at - this.network.clock.now(), () => {
      this.isArrivalDue = false
      this.arrive()
    })
  }

  private arrive(): void {
    const { network, passages, far } = this
    if (network.isCut(this.process.host, far.process.host)) {
      this.hold()
      return
    }
    const now = network.clock.now()
    for (let next = passages[0]; next !== undefined && next.at <= now; next = passages[0]) {
      if (!next.isThrough) this.throughDownlink(next, now)
      if (next.at > now) break
      passages.shift()
      far.take(next)
    }
    const next = passages[0]
    if (next !== undefined) this.setArrival(next.at)
  }

  /** The last lane that bytes go through is shared by everybody who sends to that host, in the order that they come in. */
  private throughDownlink(passage: Passage, now: number): void {
    const { host } = this.far.process
    passage.isThrough = true
    const when = { first: Math.min(passage.firstAt, now), last: now }
    passage.at = passLane(host.downlink, passage.bytes, host.downloadBytesPerSecond, when).last
  }

  /** Of a socket that was dropped, nobody sends again what the network lost. */
  private hold(): void {
    const { network } = this
    if (this.state === 'dropped') {
      this.passages.length = 0
      return
    }
    network.held.add(this)
    this.stopGivingUp = network.clock.after(this.pipe.link.giveUpMs, () => {
      this.stopHolding()
      this.lose('nothing was heard of the far side for too long')
    })
  }

  private stopHolding(): void {
    this.stopGivingUp?.()
    this.stopGivingUp = undefined
    this.network.held.delete(this)
  }

  private take(passage: Passage): void {
    const { type, bytes, chunks } = passage
    if (type === 'lost') {
      this.far.lose('the connection was lost on the way')
      this.lose('the connection was lost on the way')
      return
    }
    if (this.isGone) {
      if (type !== 'reset' && this.connection.status !== 'closed') this.answerReset()
      return
    }
    if (bytes > 0) for (const chunk of chunks) this.network.delivered(this, chunk)
    this.inbox.push(passage)
    this.drain()
  }

  private drain(): void {
    while (this.inbox.length > 0 && this.isReading && !this.isGone) this.takeIn(this.inbox.shift() as Passage)
  }

  private takeIn({ type, chunks, bytes }: Passage): void {
    switch (type) {
      case 'bytes':
        for (const chunk of chunks) this.connection.receive(chunk)
        this.far.arrived(bytes)
        return
      case 'end':
        this.connection.receiveEnd()
        return
      case 'open':
        this.network.accept(this)
        return
      default:
        this.lose('the far side aborted')
    }
  }

  private arrived(bytes: number): void {
    this.bytesInFlight -= bytes
    if (this.connection.hasQueued) this.queued()
  }

  /** Bytes for a socket that is not there any more are answered with a reset, as the system does. */
  private answerReset(): void {
    this.network.later(this.process.host, this.far.process.host, () => this.far.lose('the far side is gone'))
  }

  private lose(why: string): void {
    if (this.isGone) return
    this.note(`lost: ${why}`)
    this.leave('dropped')
    this.connection.receiveReset(new StreamResetError(why))
  }

  private note(text: string): void {
    if (!this.isGone) this.network.note(this.process.host, `${this.network.routeText(this)} ${text}`)
  }

  private leave(state: 'ended' | 'dropped'): void {
    if (this.isGone) return
    this.state = state
    this.inbox.length = 0
    if (state === 'dropped' && this.stopGivingUp !== undefined) {
      this.stopHolding()
      this.passages.length = 0
    }
    this.process.sockets.delete(this)
    this.network.closed(this)
  }
}

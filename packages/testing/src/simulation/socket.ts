import { type Multiaddr, StreamResetError } from '@ts-libp2p/interface'
import { ByteConnection, type ByteStream, defer, type StreamOwner } from '@ts-libp2p/stream'
import type { Endpoint } from './endpoint.ts'
import { Flight, type Passage } from './flight.ts'
import { MAX_PASSAGE_BYTES, MAX_SHARED_PASSAGE_BYTES } from './limits.ts'
import type { Network } from './network.ts'
import type { Process } from './process.ts'

export interface SocketInit {
  network: Network
  process: Process
  /** Who is at the far end. */
  to: Process
  local: Endpoint
  /** The far end as it is seen from here. */
  remote: Endpoint
  remoteAddr: Multiaddr
  direction: 'inbound' | 'outbound'
}

/**
 * One end of a simulated connection: sends what its stream has, as the link allows, and takes what arrives. Like a
 * socket of the system, it outlives neither its process nor its stream.
 */
export class Socket implements StreamOwner {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly process: Process
  readonly connection: ByteConnection
  /** What is under way from here to the far end. */
  readonly flight: Flight
  far!: Socket

  private readonly network: Network
  /** Arrived, and not taken yet by a stream that does not read. */
  private readonly inbox: Passage[] = []
  private bytesInFlight = 0
  private isReading = true
  private isSendDue = false
  /** Others have their turn on a bandwidth that is shared. */
  private isWaiting = false
  /** Nothing is left here that could take or send bytes. */
  private isGone = false

  constructor({ network, process, to, local, remote, remoteAddr, direction }: SocketInit) {
    this.network = network
    this.process = process
    this.local = local
    this.remote = remote
    this.flight = new Flight({
      ...{ network, from: process.host, to: to.host },
      deliver: passage => this.far.take(passage),
      giveUp: () => this.lose('nothing was heard of the far side for too long')
    })
    this.connection = new ByteConnection({ owner: this, clock: process.clock, direction, remoteAddr })
    if (process.isAlive) process.sockets.add(this)
    else this.isGone = true
  }

  // ---- what the stream asks for ------------------------------------------------------------------------------------

  queued(): void {
    if (this.isSendDue || this.isWaiting || this.isGone) return
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
    // Not at once: the owner must not call back into the stream before it returned.
    defer(() => this.reset())
  }

  ended(): void {
    this.note('ends')
    this.leave()
  }

  // ---- what happens to it ------------------------------------------------------------------------------------------

  /** The client's end of the handshake, behind which its first bytes travel. */
  open(): void {
    this.flight.send('open')
  }

  /** Gives up this end and tells the far one. */
  reset(): void {
    if (this.isGone) return
    this.vanish()
    this.flight.send('reset')
  }

  /** Gives up this end; nobody tells the far one. */
  vanish(): void {
    if (this.isGone) return
    this.leave()
    this.flight.abandon()
  }

  // ---- sending -----------------------------------------------------------------------------------------------------

  private send(): void {
    const { connection } = this
    const { link } = this.flight.pipe
    const isShared = link.bandwidthBytesPerSecond < Number.POSITIVE_INFINITY || this.process.host.isSlow
    const most = isShared ? MAX_SHARED_PASSAGE_BYTES : MAX_PASSAGE_BYTES
    while (!this.isGone && this.bytesInFlight < link.windowBytes && connection.hasQueued && !connection.isFinQueued) {
      this.sendBytes(most)
      if (this.isWaiting) return
    }
    if (this.isGone || !connection.isFinQueued) return
    this.flight.send('end')
    connection.finSent()
  }

  private sendBytes(most: number): void {
    const { clock } = this.network
    const chunks: Uint8Array[] = []
    const bytes = this.connection.pull(chunks, most)
    this.bytesInFlight += bytes
    const waitMs = this.flight.send('bytes', chunks, bytes) - clock.now()
    if (waitMs <= 0) return
    this.isWaiting = true
    clock.after(waitMs, () => {
      this.isWaiting = false
      this.send()
    })
  }

  /** The far end took bytes. */
  private arrived(bytes: number): void {
    this.bytesInFlight -= bytes
    if (this.connection.hasQueued) this.queued()
  }

  // ---- taking ------------------------------------------------------------------------------------------------------

  private take(passage: Passage): void {
    if (passage.type === 'lost') {
      for (const end of [this.far, this]) end.lose('the connection was lost on the way')
    } else if (passage.type === 'reset') {
      this.lose('the far side aborted')
    } else if (this.isGone) {
      if (this.connection.status !== 'closed') this.answerReset()
    } else {
      for (const chunk of passage.chunks) this.network.delivered(this, chunk)
      this.inbox.push(passage)
      this.drain()
    }
  }

  private drain(): void {
    while (this.inbox.length > 0 && this.isReading && !this.isGone) this.takeIn(this.inbox.shift() as Passage)
  }

  private takeIn({ type, chunks, bytes }: Passage): void {
    if (type === 'open') this.network.accept(this)
    else if (type === 'end') this.connection.receiveEnd()
    else {
      for (const chunk of chunks) this.connection.receive(chunk)
      this.far.arrived(bytes)
    }
  }

  /** What is for a socket that is not there any more is answered with a reset, as the system does. */
  private answerReset(): void {
    this.network.later(this.process.host, this.far.process.host, () => this.far.lose('the far side is gone'))
  }

  // ---- its end -----------------------------------------------------------------------------------------------------

  private lose(why: string): void {
    if (this.isGone) return
    this.note(`lost: ${why}`)
    this.vanish()
    this.connection.receiveReset(new StreamResetError(why))
  }

  private note(text: string): void {
    if (!this.isGone) this.network.note(this.process.host, `${this.network.routeText(this)} ${text}`)
  }

  private leave(): void {
    this.isGone = true
    this.inbox.length = 0
    this.process.sockets.delete(this)
    this.network.closed(this)
  }
}

import type { Undo } from '@ts-libp2p/interface'
import type { MessageId, PubsubMessage } from '@ts-libp2p/pubsub'
import { Outbox } from '../../pubsub/src/outbox.ts'

/** Milliseconds of bytes that the system holds ready to be sent: what has got there cannot be taken back. */
const BUFFERED_MS = 2

/** Bytes under way to one peer before it has to take some: yamux' window. */
const WINDOW_BYTES: number = 256 * 1024

/** What is smaller is not counted: a round trip of acknowledgements for each would double what there is to simulate. */
const COUNTED_BYTES: number = 16 * 1024

/** Headers of Ethernet, IP and TCP for each 1,448 bytes; noise and yamux for each frame. */
const SEGMENT_BYTES = 1448
const SEGMENT_OVERHEAD_BYTES = 78
const FRAME_OVERHEAD_BYTES = 30

/** The bytes that a frame takes on the way. */
export function onWire(bytes: number): number {
  return bytes + FRAME_OVERHEAD_BYTES + Math.ceil(bytes / SEGMENT_BYTES) * SEGMENT_OVERHEAD_BYTES
}

/** The way to one peer, and what waits for it. */
export interface Way {
  readonly to: number
  outbox: Outbox | undefined
  /** Bytes under way, of large frames. */
  inFlight: number
}

export interface UplinkPort {
  readonly bytesPerSecond: number
  now(): number
  after(ms: number, fn: () => void): Undo
  sendFrame(to: number, frame: Uint8Array): void
  sendMessage(to: number, message: PubsubMessage): void
}

/**
 * The outboxes of a node, which share its way to the network: each peer has its turn, a message long. As the shell's
 * streams do, it takes no more from an outbox than the network is ready to take.
 */
export class Uplink {
  private readonly port: UplinkPort
  private readonly onDrop: ConstructorParameters<typeof Outbox>[1]
  private readonly waiting = new Set<Way>()
  /** Outboxes that nobody needs now. Few peers have something waiting at one time. */
  private readonly idle: Outbox[] = []
  private readonly maxBytes: number
  private busyUntil = 0
  private timer: Undo | undefined

  constructor(port: UplinkPort, maxBytes: number, onDrop: ConstructorParameters<typeof Outbox>[1]) {
    this.port = port
    this.maxBytes = maxBytes
    this.onDrop = onDrop
  }

  /** Where to put what is to be sent; `flush` sends it. */
  outboxOf(way: Way): Outbox {
    way.outbox ??= this.idle.pop() ?? new Outbox(this.maxBytes, this.onDrop)
    this.waiting.add(way)
    return way.outbox
  }

  cancel(way: Way, ids: readonly MessageId[]): void {
    way.outbox?.cancel(ids)
  }

  /** The peer has taken a large frame. */
  taken(way: Way, bytes: number): void {
    if (bytes < COUNTED_BYTES) return
    way.inFlight = Math.max(0, way.inFlight - bytes)
    if (way.outbox !== undefined) this.waiting.add(way)
    this.flush()
  }

  /** The peer is gone. */
  close(way: Way): void {
    way.outbox?.clear()
    this.waiting.delete(way)
    this.putAway(way)
  }

  flush(): void {
    if (this.timer !== undefined) return
    const now = this.port.now()
    for (const way of this.waiting) {
      if (this.busyUntil > now + BUFFERED_MS) {
        this.timer = this.port.after(this.busyUntil - now - BUFFERED_MS / 2, () => {
          this.timer = undefined
          this.flush()
        })
        return
      }
      // Goes to the end of the line, if it is not done.
      this.waiting.delete(way)
      if (way.inFlight < WINDOW_BYTES) this.serve(way, now)
    }
  }

  static isCounted(bytes: number): boolean {
    return bytes >= COUNTED_BYTES
  }

  private serve(way: Way, now: number): void {
    const { outbox } = way
    if (outbox === undefined) return
    for (const frame of outbox.takeControl()) {
      this.pass(frame.byteLength)
      this.port.sendFrame(way.to, frame)
    }
    const message = outbox.takeMessage(now)
    if (message !== undefined) {
      const { byteLength } = message.frame
      this.pass(byteLength)
      if (byteLength >= COUNTED_BYTES) way.inFlight += byteLength
      this.port.sendMessage(way.to, message)
    }
    if (outbox.isEmpty) this.putAway(way)
    else this.waiting.add(way)
  }

  private pass(bytes: number): void {
    const { port } = this
    this.busyUntil = Math.max(this.busyUntil, port.now()) + (onWire(bytes) / port.bytesPerSecond) * 1000
  }

  private putAway(way: Way): void {
    if (way.outbox !== undefined) this.idle.push(way.outbox)
    way.outbox = undefined
  }
}

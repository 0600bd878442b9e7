import { LengthPrefixDecoder } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { Inlet, type StreamReaderPort, toError } from '@ts-libp2p/stream'
import { MAX_PENDING_PER_PEER } from './limits.ts'

export interface InboundPort {
  /** An RPC, `isFirst` of the stream. The view is of what was received, and may be kept. */
  rpc(bytes: Uint8Array, isFirst: boolean): void
  /** The stream is over. Called once. */
  closed(error: Error | undefined): void
}

/** The stream on which a peer sends to us. Not read while too much of what it sent is still being worked on. */
export class Inbound implements StreamReaderPort {
  private readonly stream: Stream
  private readonly port: InboundPort
  private readonly decoder: LengthPrefixDecoder
  private readonly inlet: Inlet
  private isFirst = true
  private isOver = false
  private pending = 0
  private isHeld = false

  constructor(stream: Stream, limitBytes: number, port: InboundPort) {
    this.stream = stream
    this.port = port
    this.decoder = new LengthPrefixDecoder({ limitBytes })
    this.inlet = new Inlet(stream, this)
  }

  receive(chunk: Uint8Array): void {
    try {
      for (const rpc of this.decoder.push(chunk)) {
        if (this.isOver) return
        const { isFirst } = this
        this.isFirst = false
        this.port.rpc(rpc, isFirst)
      }
    } catch (err) {
      this.abort(toError(err))
    }
  }

  end(): void {
    this.stream.close().catch((err: unknown) => this.stream.abort(toError(err)))
    this.finish(undefined)
  }

  closed(error?: Error): void {
    this.finish(error)
  }

  abort(err: Error): void {
    this.stream.abort(err)
    this.finish(err)
  }

  /** A message of this peer is being worked on, and will be for a while. Call the result when that is over. */
  hold(): () => void {
    this.pending++
    this.regulate()
    return () => {
      this.pending--
      this.regulate()
    }
  }

  private regulate(): void {
    const hold = this.isHeld ? this.pending > MAX_PENDING_PER_PEER / 2 : this.pending >= MAX_PENDING_PER_PEER
    if (hold === this.isHeld || this.isOver) return
    this.isHeld = hold
    this.inlet.read(!hold)
  }

  private finish(error: Error | undefined): void {
    if (this.isOver) return
    this.isOver = true
    this.inlet.close()
    this.port.closed(error)
  }
}

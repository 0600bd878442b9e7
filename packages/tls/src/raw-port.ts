import { Duplex } from 'node:stream'
import type { MessageStream } from '@ts-libp2p/interface'
import { Inlet, type StreamReaderPort, sendAll, toError } from '@ts-libp2p/stream'

/** What the raw connection's remote did. */
export interface RawEvents {
  /** It ended its sending. */
  rawEnded(): void
  /** TLS asks for more than has come. */
  rawDrained(): void
  /** The connection is over. */
  rawClosed(error?: Error): void
}

type Done = (err?: Error | null) => void

/**
 * A raw connection as Node's TLS wants it, with backpressure both ways. That the remote ended its sending is reported
 * and not passed on: whether this is an end in good order is for TLS to say.
 */
export class RawPort implements StreamReaderPort {
  readonly duplex: Duplex
  readonly borrows = false
  private readonly raw: MessageStream
  private readonly events: RawEvents
  private readonly inlet: Inlet
  private waiting: Done | undefined
  private isHolding = false
  private held: Uint8Array[] = []

  constructor(raw: MessageStream, events: RawEvents) {
    this.raw = raw
    this.events = events
    this.duplex = new Duplex({
      read: () => this.wanted(),
      write: (chunk: Uint8Array, _, done) => this.write([chunk], done),
      writev: (writes, done) =>
        this.write(
          writes.map(({ chunk }) => chunk as Uint8Array),
          done
        ),
      final: done => this.finish(done)
    })
    raw.addEventListener('drain', this.onDrain)
    this.inlet = new Inlet(raw, this)
  }

  // ---- for the connection below ------------------------------------------------------------------------------------

  receive(chunk: Uint8Array): void {
    if (!this.duplex.push(chunk)) this.inlet.read(false)
  }

  end(): void {
    this.events.rawEnded()
  }

  closed(error?: Error): void {
    this.events.rawClosed(error)
  }

  /** Keeps what TLS writes until `letGo`, after which it leaves along with what is written next. */
  hold(): void {
    this.isHolding = true
  }

  letGo(): void {
    this.isHolding = false
  }

  /** Leaves the connection alone from now on. */
  release(): void {
    this.raw.removeEventListener('drain', this.onDrain)
    this.inlet.close()
    this.duplex.destroy()
  }

  // ---- for TLS -----------------------------------------------------------------------------------------------------

  private wanted(): void {
    this.inlet.read(true)
    this.events.rawDrained()
  }

  private write(chunks: Uint8Array[], done: Done): void {
    const all = this.held.length === 0 ? chunks : [...this.held, ...chunks]
    this.held = this.isHolding ? all : []
    if (this.isHolding) {
      done()
      return
    }
    try {
      if (sendAll(this.raw, all)) done()
      else this.waiting = done
    } catch (err) {
      done(toError(err))
    }
  }

  private finish(done: Done): void {
    this.raw.close().then(
      () => done(),
      err => done(toError(err))
    )
  }

  private readonly onDrain = (): void => {
    const done = this.waiting
    this.waiting = undefined
    done?.()
  }
}

import type { Clock, Logger, MessageStream } from '@ts-libp2p/interface'
import { type MuxerCount, MuxerShell } from '@ts-libp2p/stream'
import type { SessionOptions } from './options.ts'
import { Session } from './session.ts'

export const YAMUX_PROTOCOL = '/yamux/1.0.0'

export interface YamuxMuxerInit {
  connection: MessageStream
  /** Every one set: see `resolveOptions`. */
  options: SessionOptions
  log?: Logger
  clock?: Clock
  count?: (what: MuxerCount) => void
}

/** Yamux over a connection: a session with a clock. */
export class YamuxMuxer extends MuxerShell<Session> {
  private stopTimer: (() => void) | undefined

  constructor({ connection, options, log = connection.log, clock, count }: YamuxMuxerInit) {
    super({
      protocol: YAMUX_PROTOCOL,
      connection,
      log,
      clock,
      count,
      maxEarlyStreams: options.maxEarlyStreams,
      createCore: port => {
        const role = connection.direction === 'outbound' ? 'client' : 'server'
        return new Session(role, options, port, { log, clock })
      }
    })
    if (options.keepAliveInterval > 0) this.keepAlive()
  }

  /** The round trip, milliseconds; undefined until the first ping is answered, or without keepalive. */
  get rtt(): number | undefined {
    return this.core.rttMs
  }

  protected override onOver(): void {
    this.stopTimer?.()
  }

  private keepAlive(): void {
    const nextMs = this.core.keepAlive(this.clock.now())
    if (this.status !== 'closed') this.stopTimer = this.clock.after(nextMs, () => this.keepAlive())
  }
}

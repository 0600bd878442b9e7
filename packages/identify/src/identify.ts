import {
  AbortError,
  type AbortOptions,
  type Connection,
  type IdentifyResult,
  type Logger,
  type Multiaddr,
  type Node,
  NotStartedError,
  type Startable,
  type Stream,
  type StreamHandler,
  serviceCapabilities,
  type Undo
} from '@ts-libp2p/interface'
import { Deadlines, Places, raceSignal, toError, type WaitingLine } from '@ts-libp2p/stream'
import { Allowance } from './allowance.ts'
import { readClaims } from './claims.ts'
import { IdentifyError } from './errors.ts'
import { failureOf, IDENTIFY_PROTOCOL, IDENTIFY_PUSH_PROTOCOL, readMessages, sendMessage } from './exchange.ts'
import { learn } from './learn.ts'
import {
  MAX_CONCURRENT_PUSHES,
  MAX_INBOUND_PUSH_STREAMS,
  MAX_INBOUND_STREAMS,
  MAX_WAITING_IDENTIFY,
  MAX_WAITING_PUSHES
} from './limits.ts'
import type { IdentifyMessage } from './message.ts'
import { observedAddrOf, plausibleObservedAddr } from './observed.ts'
import type { CheckedOptions } from './options.ts'
import { type OwnMessage, OwnMessages } from './own-message.ts'
import { PushSchedule } from './push-schedule.ts'

export interface Identify extends Startable {
  /**
   * Asks the peer at the other end who it is, and stores the answer. Calls for one connection share one exchange;
   * cancelling one of them does not end it.
   *
   * Rejects with an `IdentifyError`, an `UnsupportedProtocolError`, a `NotStartedError`, what opening a stream rejects
   * with, or `signal.reason`. Nothing is stored then, and the connection is left as it is.
   */
  identify(connection: Connection, options?: AbortOptions): Promise<IdentifyResult>
  /**
   * Tells our addresses and protocols to every peer that wants to hear of changes and does not have the latest. Happens
   * by itself when they change. Resolves when all were told or failed; failures are logged.
   */
  push(options?: AbortOptions): Promise<void>
}

/** What we keep of a connection. */
interface Contact {
  /** The exchange under way. */
  running?: Promise<IdentifyResult>
  /** The peer takes pushes. */
  takesPushes: boolean
  /** Version of our message that was last sent to it. */
  toldVersion: number
  readonly pushes: Allowance
}

export class IdentifyService implements Identify {
  private readonly node: Node
  private readonly options: CheckedOptions
  private readonly log: Logger
  private readonly own: OwnMessages
  private readonly deadlines: Deadlines
  private readonly schedule: PushSchedule
  private readonly exchanges: Places
  private readonly pushes = new Places(MAX_CONCURRENT_PUSHES, upTo(MAX_WAITING_PUSHES))
  private readonly contacts = new WeakMap<Connection, Contact>()
  private isStarted = false
  private undos: Undo[] = []

  constructor(node: Node, options: CheckedOptions) {
    this.node = node
    this.options = options
    Object.assign(this, { [serviceCapabilities]: ['@libp2p/identify', '@libp2p/identify-push'] })
    this.log = node.logger.forComponent('libp2p:identify')
    this.own = new OwnMessages(node, options, this.log)
    this.deadlines = new Deadlines(node.clock)
    this.exchanges = new Places(options.maxConcurrent, upTo(MAX_WAITING_IDENTIFY))
    const round = (): Promise<void> => this.push()
    this.schedule = new PushSchedule({ clock: node.clock, delayMs: options.pushDelayMs, round, log: this.log })
  }

  start(): void {
    if (this.isStarted) return
    this.isStarted = true
    const { node } = this
    this.undos = [
      node.handle(
        IDENTIFY_PROTOCOL,
        this.logged('answer', (...args) => this.onAsked(...args)),
        {
          maxInboundStreams: MAX_INBOUND_STREAMS,
          runOnLimitedConnection: true
        }
      ),
      node.handle(
        IDENTIFY_PUSH_PROTOCOL,
        this.logged('push', (...args) => this.onPush(...args)),
        {
          maxInboundStreams: MAX_INBOUND_PUSH_STREAMS,
          runOnLimitedConnection: true
        }
      ),
      node.on('self:peer:update', () => this.schedule.changed())
    ]
    if (!this.options.runOnConnectionOpen) return
    this.undos.push(node.on('connection:open', connection => void this.identifyNew(connection)))
    for (const connection of node.connections()) void this.identifyNew(connection)
  }

  stop(): void {
    if (!this.isStarted) return
    this.isStarted = false
    for (const undo of this.undos.splice(0)) undo()
    this.schedule.stop()
    this.deadlines.abortAll(new AbortError('the identify service was stopped'))
  }

  async identify(connection: Connection, { signal }: AbortOptions = {}): Promise<IdentifyResult> {
    signal?.throwIfAborted()
    const contact = this.contactOf(connection)
    contact.running ??= this.ask(connection).finally(() => {
      contact.running = undefined
    })
    return await raceSignal(contact.running, signal)
  }

  async push({ signal }: AbortOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    this.checkStarted()
    const message = await raceSignal(this.own.get(), signal)
    const told = this.untold(message).map(connection => this.pushes.run(() => this.tell(connection, message)))
    await raceSignal(Promise.all(told), signal)
  }

  // ---- asking ----------------------------------------------------------------------------------------------------

  private async identifyNew(connection: Connection): Promise<void> {
    try {
      await this.exchanges.run(async () => {
        if (this.isStarted && connection.status === 'open') await this.identify(connection)
      })
    } catch (err) {
      this.log.error('%p was not identified - %e', connection.remotePeer, err)
    }
  }

  private async ask(connection: Connection): Promise<IdentifyResult> {
    return await this.exchange(connection, async signal => {
      const stream = await connection.newStream(IDENTIFY_PROTOCOL, { signal, runOnLimitedConnection: true })
      return await this.accept(connection, await this.receive(stream, connection, signal), signal)
    })
  }

  private async receive(stream: Stream, connection: Connection, signal: AbortSignal): Promise<IdentifyMessage> {
    const message = await this.guard(stream, connection, () =>
      readMessages(stream, this.options.maxMessages, { signal })
    )
    // The message is whole: how the stream ends does not matter any more.
    stream.inactivityTimeout = this.options.timeoutMs
    stream.close().catch((err: unknown) => stream.abort(toError(err)))
    return message
  }

  private async accept(connection: Connection, message: IdentifyMessage, signal: AbortSignal): Promise<IdentifyResult> {
    const claims = await readClaims(message, connection.remotePeer)
    const result = await learn(this.node, connection, claims, this.log, { signal })
    signal.throwIfAborted()
    this.contactOf(connection).takesPushes = result.protocols.includes(IDENTIFY_PUSH_PROTOCOL)
    this.node.emit('peer:identify', result)
    this.reportObserved(result)
    return result
  }

  private reportObserved({ observedAddr, connection, peerId }: IdentifyResult): void {
    if (observedAddr === undefined) return
    const address = plausibleObservedAddr(observedAddr, connection, this.node.peerId)
    if (address === undefined) this.log('%p says it sees us at %a, which cannot be', peerId, observedAddr)
    else this.node.emit('address:observed', { address, by: peerId, connection })
  }

  // ---- answering -------------------------------------------------------------------------------------------------

  /** Whoever opened the stream sees no more than its end, so what went wrong is said here. */
  private logged(what: string, handler: StreamHandler): StreamHandler {
    return async (stream, connection) => {
      try {
        await handler(stream, connection)
      } catch (err) {
        this.log.error('%s with %p failed - %e', what, connection.remotePeer, err)
        throw err
      }
    }
  }

  private async onAsked(stream: Stream, connection: Connection): Promise<void> {
    await this.exchange(connection, async signal => {
      const message = await this.own.get()
      await this.guard(stream, connection, () => this.send(stream, message, observedAddrOf(connection), signal))
      this.contactOf(connection).toldVersion = message.version
    })
  }

  private async onPush(stream: Stream, connection: Connection): Promise<void> {
    if (!this.contactOf(connection).pushes.take(this.node.clock.now())) {
      throw new IdentifyError('rate-limited', `${connection.remotePeer} pushes too often`)
    }
    await this.exchange(connection, async signal => {
      await this.accept(connection, await this.receive(stream, connection, signal), signal)
    })
  }

  private async send(
    stream: Stream,
    message: OwnMessage,
    observed: Multiaddr | undefined,
    signal: AbortSignal
  ): Promise<void> {
    // The remote has that long to end its side, once ours is closed.
    stream.inactivityTimeout = this.options.timeoutMs
    await sendMessage(stream, message, observed, { signal })
  }

  // ---- telling ---------------------------------------------------------------------------------------------------

  /** One connection to each peer that takes pushes and was not told of this message over any. */
  private untold(message: OwnMessage): Connection[] {
    const byPeer = new Map<string, Connection | undefined>()
    for (const connection of this.node.connections()) {
      const contact = this.contacts.get(connection)
      if (contact === undefined) continue
      const peer = connection.remotePeer.toString()
      if (contact.toldVersion === message.version) byPeer.set(peer, undefined)
      else if (contact.takesPushes && !byPeer.has(peer)) byPeer.set(peer, connection)
    }
    return [...byPeer.values()].filter(connection => connection !== undefined)
  }

  private async tell(connection: Connection, message: OwnMessage): Promise<void> {
    if (!this.isStarted || connection.status !== 'open') return
    try {
      await this.exchange(connection, async signal => {
        const stream = await connection.newStream(IDENTIFY_PUSH_PROTOCOL, { signal, runOnLimitedConnection: true })
        await this.guard(stream, connection, () => this.send(stream, message, undefined, signal))
        this.contactOf(connection).toldVersion = message.version
      })
    } catch (err) {
      this.log('%p was not told of a change - %e', connection.remotePeer, err)
    }
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  /** Runs an exchange within its time; after that, or when the service stops, it fails with the reason for that. */
  private async exchange<T>(connection: Connection, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.checkStarted()
    const { timeoutMs } = this.options
    const late = (): IdentifyError =>
      new IdentifyError('timeout', `the exchange with ${connection.remotePeer} took longer than ${timeoutMs} ms`)
    const { signal, clear } = this.deadlines.set(timeoutMs, late)
    try {
      return await raceSignal(run(signal), signal)
    } finally {
      clear()
    }
  }

  /** Gives a stream up when its use fails. */
  private async guard<T>(stream: Stream, connection: Connection, use: () => Promise<T>): Promise<T> {
    try {
      return await use()
    } catch (err) {
      stream.abort(toError(err))
      throw failureOf(err, connection)
    }
  }

  private checkStarted(): void {
    if (!this.isStarted) throw new NotStartedError('the identify service is not started')
  }

  private contactOf(connection: Connection): Contact {
    const known = this.contacts.get(connection)
    if (known !== undefined) return known
    const contact = { takesPushes: false, toldVersion: 0, pushes: new Allowance(this.node.clock.now()) }
    this.contacts.set(connection, contact)
    return contact
  }
}

function upTo(limit: number): WaitingLine {
  return { limit, error: () => new IdentifyError('too-many', `${limit} exchanges wait already`) }
}

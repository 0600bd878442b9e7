import type { PeerInfo, Undo } from '@ts-libp2p/interface'
import type { Contact } from '../contact.ts'
import type { Core } from '../core.ts'
import { KadError } from '../errors.ts'
import { keyOf } from '../key.ts'
import type { Search } from '../lookup/search.ts'
import type { Outcome } from '../rpc/messenger.ts'
import { type Frame, frame, type Message, type MessageName, MessageType } from '../wire/message.ts'
import { type DisjointPath, named, type QueryEvent } from './events.ts'
import { readRecord } from './read-record.ts'
import { type Trace, traceOf } from './trace.ts'

export interface LookupListener {
  onEvent?(event: QueryEvent): void
  /** Whoever was asked by then, and the nearest, are known. */
  onDone(): void
  /** True while nobody else should be asked: call `resume` when it is over. */
  isBusy?(): boolean
}

export interface LookupRunInit {
  readonly core: Core
  readonly search: Search
  readonly message: MessageName
  /** What the peers are asked for. */
  readonly key: Uint8Array
  /** Peers to begin with: asked for when it begins. */
  readonly seeds: () => readonly Contact[]
}

interface Running {
  readonly isConnected: boolean
  readonly askedAt: number
  cancel: Undo | undefined
}

/** A lookup under way: does what its search says, and reports. */
export class LookupRun {
  private readonly core: Core
  private readonly search: Search
  private readonly message: MessageName
  private readonly key: Uint8Array
  private readonly request: Frame
  private readonly running = new Map<string, Running>()
  private readonly seeds: () => readonly Contact[]
  private startedAt: number
  private endedAt: number | undefined
  private listener: LookupListener | undefined
  private timer: { readonly at: number; readonly stop: Undo } | undefined
  private isPumping = false
  private isStopped = false

  constructor({ core, search, message, key, seeds }: LookupRunInit) {
    this.core = core
    this.search = search
    this.message = message
    this.key = key
    this.request = frame({ type: MessageType[message], key })
    this.seeds = seeds
    this.startedAt = core.clock.now()
  }

  /** Begins. `listener` is told what happens, and once that it is over. */
  start(listener: LookupListener): void {
    this.listener = listener
    this.startedAt = this.core.clock.now()
    this.search.begin(this.seeds(), this.startedAt)
    this.pump()
  }

  /** Goes on after the listener was busy. */
  resume(): void {
    this.pump()
  }

  /** Ends it now. Requests under way are given up. */
  stop(): void {
    this.isStopped = true
    this.search.stop()
    this.finish()
  }

  /** The nearest peers that answered, the nearest first. */
  closest(count: number = this.core.k): Contact[] {
    return this.search.closest(count)
  }

  /** Those that a record belongs at: the k nearest, and more where these are improbably near. */
  holders(): Contact[] {
    return this.search.holders()
  }

  /** Those of the region around the key that answered. */
  region(): Contact[] {
    return this.search.region()
  }

  /** Whether nobody known of the region is still to be asked, or still to answer. */
  hasRegion(): boolean {
    return this.search.hasRegion()
  }

  /** The nearest peers that have not failed, asked or not. */
  nearest(count: number = this.core.k): Contact[] {
    return this.search.nearest(count)
  }

  trace(): Trace {
    const { message, key, startedAt } = this
    const endedAt = this.endedAt ?? this.core.clock.now()
    return traceOf({ message, key, startedAt, endedAt, candidates: this.search.candidates() })
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private pump(): void {
    if (this.isPumping || this.endedAt !== undefined) return
    this.isPumping = true
    try {
      this.giveUpOverdue()
      while (this.listener?.isBusy?.() !== true) {
        const step = this.search.next(this.core.clock.now())
        if (step === 'done') this.complete()
        if (step === 'done' || step === 'wait') break
        this.ask(step)
      }
      this.setTimer()
    } finally {
      this.isPumping = false
    }
  }

  private ask(peer: Contact): void {
    const { messenger, clock } = this.core
    const isConnected = messenger.isConnected(peer)
    const path = this.pathOf(peer)
    if (!isConnected) this.emit({ ...named('DIAL_PEER'), peer: peer.id, path })
    this.emit({ ...named('SEND_QUERY'), to: peer.id, ...this.messageFields(), path })
    const request: Running = { cancel: undefined, isConnected, askedAt: clock.now() }
    this.running.set(peer.name, request)
    const reached = isConnected ? undefined : (): void => this.onReached(peer)
    request.cancel = messenger.ask(peer, this.request, outcome => this.onOutcome(peer, outcome), reached)
  }

  private onReached({ name }: Contact): void {
    if (!this.running.has(name)) return
    this.search.reached(name, this.core.clock.now())
    this.setTimer()
  }

  private onOutcome(peer: Contact, outcome: Outcome): void {
    const request = this.running.get(peer.name)
    if (request === undefined) return
    this.running.delete(peer.name)
    const now = this.core.clock.now()
    if ('error' in outcome) this.onFailure(peer, outcome.error, request.askedAt, now)
    else {
      this.core.onAnswer(peer, now - request.askedAt, request.isConnected)
      this.onAnswer(peer, outcome.answer, now)
    }
    this.pump()
  }

  private onAnswer(peer: Contact, answer: Message, now: number): void {
    const { contacts } = this.core
    const closer = contacts.readAll(answer.closerPeers)
    const news = this.search.answered(peer.name, closer, now)
    if (this.listener?.onEvent === undefined) return
    const providers: PeerInfo[] = contacts.readAll(answer.providerPeers)
    const record = answer.record && readRecord(answer.record)
    const path = this.pathOf(peer)
    const said = { from: peer.id, ...this.messageFields(), closer: closer as PeerInfo[], providers, record, path }
    this.emit({ ...named('PEER_RESPONSE'), ...said })
    for (const { id } of news) this.emit({ ...named('ADD_PEER'), peer: id, path })
  }

  private onFailure(peer: Contact, error: Error, askedAt: number, now: number): void {
    this.search.failed(peer.name, error, now)
    this.core.onFailure(peer, askedAt)
    this.emit({ ...named('QUERY_ERROR'), from: peer.id, error, path: this.pathOf(peer) })
  }

  private giveUpOverdue(): void {
    const now = this.core.clock.now()
    for (const peer of this.search.overdue(now)) {
      const request = this.running.get(peer.name)
      this.running.delete(peer.name)
      request?.cancel?.()
      const error = new KadError('timeout', `${peer.name} did not answer in time`)
      this.onFailure(peer, error, request?.askedAt ?? now, now)
    }
  }

  /** One timer for all requests: set again only when something is due before it. */
  private setTimer(): void {
    const at = this.search.deadline()
    if (this.endedAt !== undefined || at === undefined || (this.timer !== undefined && this.timer.at <= at)) return
    this.timer?.stop()
    const stop = this.core.clock.after(Math.max(0, at - this.core.clock.now()), () => {
      this.timer = undefined
      this.pump()
    })
    this.timer = { at, stop }
  }

  /** It came to its end by itself, unless it was stopped. */
  private complete(): void {
    if (!this.isStopped) this.core.onLookup(keyOf(this.key), this.closest())
    this.finish()
  }

  private finish(): void {
    if (this.endedAt !== undefined) return
    this.endedAt = this.core.clock.now()
    this.timer?.stop()
    // Nobody will know any more whether they would have answered: that they did not for so long must do.
    for (const { contact, askedAt } of this.search.slow()) this.core.onFailure(contact, askedAt)
    for (const { cancel } of this.running.values()) cancel?.()
    this.running.clear()
    for (let path = 0; path < this.search.paths; path++) {
      this.emit({ ...named('PATH_ENDED'), path: this.pathAt(path) })
    }
    this.listener?.onDone()
  }

  private emit(event: QueryEvent): void {
    this.listener?.onEvent?.(event)
  }

  private messageFields(): { messageName: MessageName; messageType: (typeof MessageType)[MessageName] } {
    return { messageName: this.message, messageType: MessageType[this.message] }
  }

  private pathOf({ name }: Contact): DisjointPath {
    return this.pathAt(this.search.pathOf(name))
  }

  private pathAt(index: number): DisjointPath {
    return { index, ...this.search.progress(index), total: this.search.paths }
  }
}

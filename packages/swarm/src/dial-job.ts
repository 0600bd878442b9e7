import type { Clock, ConnectionGater, Multiaddr, PeerId, Transport, Undo } from '@ts-libp2p/interface'
import { DNS, DNSADDR, peerIdOf, WebSockets, WebSocketsSecure, withPeerId } from '@ts-libp2p/multiaddr'
import { type Places, toError } from '@ts-libp2p/stream'
import type { DialBackoff } from './backoff.ts'
import type { SwarmConnection } from './connection.ts'
import { deadline } from './deadline.ts'
import { type DialEffect, DialPlan } from './dial-plan.ts'
import { type DialAttempt, DialError, type DialStep, SwarmError } from './errors.ts'
import type { SwarmLimits } from './limits.ts'
import type { Upgrader } from './upgrader.ts'

/** Turns names in addresses into numbers. */
export interface AddressResolver {
  resolve(address: Multiaddr, options: { signal?: AbortSignal }): Promise<Multiaddr[]>
}

export interface DialJobInit {
  peer?: PeerId
  /** What is dialled, for messages. */
  target: string
  self: PeerId
  transports: readonly Transport[]
  upgrader: Upgrader
  resolver?: AddressResolver
  gater: ConnectionGater
  backoff: DialBackoff
  places: Places
  limits: SwarmLimits
  clock: Clock
}

/** Why attempts are given up that another has overtaken. One for all: nobody is told it who did not know. */
const DIAL_OVER = new SwarmError('superseded', 'the dial is over')

/** One dial: finds out which addresses can be tried, plays the plan, and keeps the record of every attempt. */
export class DialJob {
  readonly attempts: DialAttempt[] = []
  readonly addresses: Multiaddr[] = []
  readonly result: Promise<SwarmConnection>

  private readonly init: DialJobInit
  private readonly plan: DialPlan
  private readonly startedAt: number
  private readonly controller = new AbortController()
  private readonly stopDeadline: Undo
  private readonly running = new Map<string, DialAttempt>()
  private resolving = 0
  private stopWake: Undo = () => {}
  isOver = false
  private resolve!: (connection: SwarmConnection) => void
  private reject!: (err: Error) => void

  constructor(init: DialJobInit) {
    this.init = init
    this.startedAt = init.clock.now()
    this.plan = new DialPlan(this.startedAt, init.limits.maxParallelAttemptsPerDial)
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    const signal = deadline(init.clock, init.limits.dialTimeoutMs, `dialling ${init.target}`)
    signal.addEventListener('abort', () => this.cancel(toError(signal.reason)), { once: true })
    this.stopDeadline = () => signal.clear()
  }

  /**
   * Adds addresses, at the beginning or while the dial is under way: those that the user named, which ignore the
   * backoff, or a promise of those that somebody knows, until which the dial is not over.
   */
  add(source: readonly Multiaddr[] | Promise<readonly Multiaddr[]>): void {
    if (this.isOver) return
    this.resolving++
    const isNamed = !(source instanceof Promise)
    Promise.resolve(source)
      .then(addresses => this.sort(this.fresh(addresses), !isNamed))
      .then(
        () => this.resolved(),
        err => this.cancel(toError(err))
      )
  }

  private fresh(addresses: readonly Multiaddr[]): Multiaddr[] {
    const room = this.init.limits.maxAddressesPerDial - this.addresses.length
    const fresh = addresses.filter(ma => !this.addresses.some(known => known.equals(ma))).slice(0, Math.max(0, room))
    this.addresses.push(...fresh)
    return fresh
  }

  private resolved(): void {
    this.resolving--
    this.play({ addresses: [], more: this.resolving > 0 })
  }

  /** Ends the dial: what is under way is aborted, and the result rejects with everything that was tried. */
  cancel(reason: Error): void {
    if (this.isOver) return
    for (const attempt of this.running.values()) {
      attempt.outcome = 'cancelled'
      attempt.error = reason
    }
    this.fail(reason)
  }

  // ---- which addresses -------------------------------------------------------------------------------------------

  private async sort(addresses: readonly Multiaddr[], heedBackoff: boolean): Promise<void> {
    const ready: Multiaddr[] = []
    const names: Promise<void>[] = []
    for (const address of addresses) {
      if (this.init.resolver !== undefined && isName(address)) names.push(this.lookUp(address, heedBackoff))
      else if (await this.mayDial(address, this.attempts, heedBackoff)) ready.push(address)
    }
    this.play({ addresses: ready, more: true })
    await Promise.all(names)
  }

  private async lookUp(address: Multiaddr, heedBackoff: boolean): Promise<void> {
    const attempt = this.begin(address, 'resolve', this.attempts)
    attempt.children = []
    try {
      const found = (await this.init.resolver?.resolve(address, { signal: this.controller.signal })) ?? []
      this.end(
        attempt,
        found.length > 0 ? 'connected' : 'failed',
        found.length > 0 ? undefined : new SwarmError('no-addresses', 'the name has no addresses')
      )
      attempt.step = 'done'
      const ready: Multiaddr[] = []
      for (const ma of found.slice(0, this.init.limits.maxAddressesPerDial)) {
        if (await this.mayDial(ma, attempt.children, heedBackoff)) ready.push(ma)
      }
      for (const ma of ready) this.parents.set(ma.toString(), attempt.children)
      this.play({ addresses: ready, more: true })
    } catch (err) {
      this.end(attempt, 'failed', toError(err))
    }
  }

  private readonly parents = new Map<string, DialAttempt[]>()

  private async mayDial(address: Multiaddr, list: DialAttempt[], heedBackoff: boolean): Promise<boolean> {
    const { self, gater, backoff, clock } = this.init
    const reason =
      this.wrongPeer(address) ??
      (peerIdOf(address) === self.toString() ? new SwarmError('dial-self', 'this is our own address') : undefined) ??
      (this.transportFor(address) === undefined ? this.noTransport() : undefined) ??
      ((await gater.denyDialMultiaddr?.(address)) === true
        ? new SwarmError('denied', 'denied by the connection gater')
        : undefined)
    const waitMs = heedBackoff ? backoff.remainingMs(address.toString(), clock.now()) : 0
    const error =
      reason ??
      (waitMs > 0
        ? new SwarmError('backoff', `it failed before; not tried again for ${Math.ceil(waitMs / 1000)} s`)
        : undefined)
    if (error === undefined) return true
    this.end(this.begin(address, 'gate', list), 'skipped', error)
    return false
  }

  private wrongPeer(address: Multiaddr): SwarmError | undefined {
    const named = peerIdOf(address)
    if (named === undefined || this.init.peer === undefined || named === this.init.peer.toString()) return undefined
    return new SwarmError('no-addresses', `it belongs to another peer, ${named}`)
  }

  private noTransport(): SwarmError {
    const have = this.init.transports.map(t => t[Symbol.toStringTag]).join(', ')
    return new SwarmError('no-transport', `no transport here dials it (${have === '' ? 'none configured' : have})`)
  }

  private transportFor(address: Multiaddr): Transport | undefined {
    return this.init.transports.find(t => t.dialFilter([address]).length > 0)
  }

  // ---- trying them -----------------------------------------------------------------------------------------------

  private play(news: { addresses: readonly Multiaddr[]; more: boolean }): void {
    this.run(this.plan.handle({ type: 'addresses', ...news }, this.init.clock.now()))
  }

  private run(effects: DialEffect[]): void {
    for (const effect of effects) {
      if (this.isOver) return
      if (effect.type === 'start') this.start(effect.address)
      else if (effect.type === 'wake') this.wake(effect.atMs)
      else this.fail()
    }
  }

  private wake(atMs: number): void {
    const { clock } = this.init
    this.stopWake()
    this.stopWake = clock.after(Math.max(0, atMs - clock.now()), () =>
      this.run(this.plan.handle({ type: 'time' }, clock.now()))
    )
  }

  private start(address: Multiaddr): void {
    // Rejects where the dial ended while this address waited for its place.
    this.init.places.run(() => this.attempt(address), this.controller.signal).catch(() => {})
  }

  private async attempt(address: Multiaddr): Promise<void> {
    if (this.isOver) return
    const { clock, limits, peer, upgrader } = this.init
    const record = this.begin(address, 'transport', this.parents.get(address.toString()) ?? this.attempts)
    const key = address.toString()
    this.running.set(key, record)
    const signal = deadline(clock, limits.addressTimeoutMs, 'the attempt', this.controller.signal)
    const dialled = upgrader.forDial(peer, (step, name) => this.enter(record, step, name))
    try {
      const transport = this.transportFor(address) as Transport
      this.enter(record, 'transport', transport[Symbol.toStringTag])
      const full = peer === undefined ? address : withPeerId(address, peer)
      await transport.dial(full, { signal, upgrader: dialled })
      // The end of the dial aborts it, and a socket may listen to it for life: Node's `net.connect` has it so.
      signal.clear()
      if (dialled.result === undefined) throw new SwarmError('no-transport', 'the transport made no connection')
      this.succeed(dialled.result, record)
    } catch (err) {
      this.failed(record, toError(err))
    } finally {
      signal.clear()
      this.running.delete(key)
    }
  }

  private succeed(connection: SwarmConnection, record: DialAttempt): void {
    this.end(record, 'connected')
    record.step = 'done'
    this.init.backoff.succeeded(record.address.toString())
    if (this.isOver) {
      connection.abort(new SwarmError('superseded', 'another address answered first'))
      return
    }
    this.finish()
    this.resolve(connection)
  }

  private failed(record: DialAttempt, err: Error): void {
    if (this.isOver) return
    this.end(record, 'failed', err)
    this.init.backoff.failed(record.address.toString(), this.init.clock.now())
    this.running.delete(record.address.toString())
    this.run(this.plan.handle({ type: 'failed', address: record.address }, this.init.clock.now()))
  }

  private fail(reason?: Error): void {
    if (this.isOver) return
    this.finish()
    const { target } = this.init
    const cause = reason ?? this.attempts.find(a => a.error !== undefined)?.error
    this.reject(new DialError(target, this.attempts, { cause }))
  }

  private finish(): void {
    this.isOver = true
    this.stopDeadline()
    this.stopWake()
    this.controller.abort(DIAL_OVER)
  }

  // ---- the record ------------------------------------------------------------------------------------------------

  private begin(address: Multiaddr, step: DialStep, list: DialAttempt[]): DialAttempt {
    const atMs = this.init.clock.now() - this.startedAt
    const attempt: DialAttempt = { address, outcome: 'pending', step, steps: [{ step, atMs }] }
    list.push(attempt)
    return attempt
  }

  private enter(attempt: DialAttempt, step: DialStep, name?: string): void {
    attempt.step = step
    attempt.steps.push({ step, name, atMs: this.init.clock.now() - this.startedAt })
  }

  private end(attempt: DialAttempt, outcome: DialAttempt['outcome'], error?: Error): void {
    attempt.outcome = outcome
    attempt.error = error
    attempt.durationMs = this.init.clock.now() - this.startedAt - (attempt.steps[0]?.atMs ?? 0)
  }
}

/** Names that are looked up before dialling. A WebSocket needs its name for TLS and the Host header, so it keeps it. */
function isName(address: Multiaddr): boolean {
  if (DNSADDR.matches(address)) return true
  return DNS.matches(address) && !WebSockets.matches(address) && !WebSocketsSecure.matches(address)
}

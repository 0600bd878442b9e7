import {
  AbortError,
  type Connection,
  InvalidParametersError,
  type Logger,
  type Node,
  type PeerId,
  type Startable,
  type Stream,
  TimeoutError,
  type Undo
} from '@ts-libp2p/interface'
import { openPeerRecord } from '@ts-libp2p/record'
import { Deadlines, Loop, StreamReader, writeMessage } from '@ts-libp2p/stream'
import type { Datastore } from 'interface-datastore'
import { Cookies } from './cookie.ts'
import { DiscoverPage } from './discover-page.ts'
import { RendezvousError } from './errors.ts'
import * as limits from './limits.ts'
import {
  decodeRequest,
  encodeDiscoverAnswer,
  encodeRegisterAnswer,
  RENDEZVOUS_PROTOCOL,
  type Request,
  STATUS,
  type Status
} from './messages.ts'
import { isNamespace, type Registration, Registry, type RegistryLimits } from './registry.ts'
import { Storage } from './storage.ts'

export interface RendezvousServerOptions {
  /** Where registrations survive a restart. Default: in memory only. */
  readonly datastore?: Datastore
  /** Registrations in all; 10,000 take up to 45 MiB. */
  readonly maxRegistrations?: number
  /** Namespaces that one peer may be in. Default 32. */
  readonly maxRegistrationsPerPeer?: number
  /** Registrations in one namespace. Default 2,000. */
  readonly maxRegistrationsPerNamespace?: number
  /** Seconds; a shorter registration is refused. Default 2 hours. */
  readonly minTtlSeconds?: number
  /** Seconds; a longer registration is refused. Default 72 hours. */
  readonly maxTtlSeconds?: number
}

/** A rendezvous point. */
export interface RendezvousServer extends Startable {
  /** Registrations that are held now. */
  readonly size: number
}

type RegisterRequest = Extract<Request, { type: 'register' }>
type DiscoverRequest = Extract<Request, { type: 'discover' }>

export class RendezvousServerService implements RendezvousServer {
  private readonly node: Node
  private readonly log: Logger
  private readonly registry: Registry
  private readonly cookies: Cookies
  private readonly storage: Storage | undefined
  private readonly sweeps: Loop
  private readonly deadlines: Deadlines
  private isLoaded = false
  private unhandle: Undo | undefined

  constructor(node: Node, options: RendezvousServerOptions) {
    this.node = node
    this.log = node.logger.forComponent('libp2p:rendezvous:server')
    this.registry = new Registry(checkedLimits(options))
    this.cookies = new Cookies(node.privateKey)
    this.deadlines = new Deadlines(node.clock)
    this.storage = options.datastore && new Storage(options.datastore)
    this.sweeps = new Loop({
      ...{ clock: node.clock, random: node.random },
      firstRetryMs: limits.FIRST_RETRY_MS,
      maxRetryMs: limits.SWEEP_INTERVAL_MS,
      run: async () => this.sweep(),
      onError: err => this.log.error('expired registrations could not be removed - %e', err)
    })
  }

  get size(): number {
    return this.registry.size
  }

  async start(): Promise<void> {
    if (this.unhandle !== undefined) return
    await this.load()
    const options = { maxInboundStreams: limits.MAX_INBOUND_STREAMS }
    this.unhandle = this.node.handle(RENDEZVOUS_PROTOCOL, (...args) => this.answer(...args), options)
    this.sweeps.start(limits.SWEEP_INTERVAL_MS)
  }

  stop(): void {
    this.unhandle?.()
    this.unhandle = undefined
    const stopped = new AbortError('the rendezvous server was stopped')
    this.sweeps.stop(stopped)
    this.deadlines.abortAll(stopped)
  }

  private async answer(stream: Stream, { remotePeer }: Connection): Promise<void> {
    const reader = new StreamReader(stream)
    for (let requests = 0; requests < limits.MAX_REQUESTS_PER_STREAM; requests++) {
      if (!(await this.answerOne(reader, stream, remotePeer))) return
    }
    throw new RendezvousError('refused', `more than ${limits.MAX_REQUESTS_PER_STREAM} requests on one stream`)
  }

  /** One request and its answer, in limited time. False at the end of the stream. */
  private async answerOne(reader: StreamReader, stream: Stream, peer: PeerId): Promise<boolean> {
    const late = (): TimeoutError => new TimeoutError(`no request from ${peer} in ${limits.INBOUND_IDLE_MS} ms`)
    const { signal, clear } = this.deadlines.set(limits.INBOUND_IDLE_MS, late)
    try {
      const bytes = await reader.readMessageOrEnd({ limitBytes: limits.MAX_REQUEST_BYTES, signal })
      if (bytes === undefined) await stream.close({ signal })
      else await this.send(stream, await this.respond(decodeRequest(bytes), peer), signal)
      return bytes !== undefined
    } finally {
      clear()
    }
  }

  private async send(stream: Stream, answer: Uint8Array | undefined, signal: AbortSignal): Promise<void> {
    if (answer !== undefined) await writeMessage(stream, answer, { signal })
  }

  private async respond(request: Request, peer: PeerId): Promise<Uint8Array | undefined> {
    switch (request.type) {
      case 'register': {
        const { ttlSeconds = limits.DEFAULT_TTL_SECONDS } = request
        const status = await this.register(request, ttlSeconds, peer)
        return encodeRegisterAnswer({ status, text: REASONS[status] ?? '', ttlSeconds })
      }
      case 'unregister':
        this.unregister(request.ns, peer)
        return undefined
      case 'discover':
        return this.discover(request)
    }
  }

  private async register({ ns, record }: RegisterRequest, ttlSeconds: number, peer: PeerId): Promise<Status> {
    const refusal = this.registry.check(peer, ns, ttlSeconds)
    if (refusal !== STATUS.OK) return refusal
    if (!(await this.isRecordOf(peer, record))) return STATUS.E_INVALID_SIGNED_PEER_RECORD
    // Others may have come while the signature was checked.
    const status = this.registry.check(peer, ns, ttlSeconds)
    if (status !== STATUS.OK) return status
    // A copy: what was read is part of a larger buffer.
    const made = this.registry.make(peer, ns, new Uint8Array(record), ttlSeconds, this.node.clock.now())
    return await this.keep(made)
  }

  /** Whoever is told OK is on disk. */
  private async keep(registration: Registration): Promise<Status> {
    const previous = this.registry.add(registration)
    try {
      await this.storage?.put(registration)
      return STATUS.OK
    } catch (err) {
      this.log.error('a registration of %p could not be stored - %e', registration.peer, err)
      this.registry.remove(registration.peer, registration.ns)
      if (previous !== undefined) this.restore(previous)
      return STATUS.E_INTERNAL_ERROR
    }
  }

  /** At the end, since the order is that of positions. */
  private restore({ peer, ns, record, ttlSeconds, expiresAt }: Registration): void {
    this.registry.add({ ...this.registry.make(peer, ns, record, ttlSeconds, this.node.clock.now()), expiresAt })
  }

  private async isRecordOf(peer: PeerId, record: Uint8Array): Promise<boolean> {
    if (record.byteLength > limits.MAX_RECORD_BYTES) return false
    try {
      await openPeerRecord(record, { expectedPeer: peer })
      return true
    } catch (err) {
      this.log('%p wants to register with a bad record - %e', peer, err)
      return false
    }
  }

  private unregister(ns: string, peer: PeerId): void {
    const removed = this.registry.remove(peer, ns)
    if (removed !== undefined) this.forget([removed])
  }

  private discover({ ns, limit, cookie }: DiscoverRequest): Uint8Array {
    if (ns !== '' && !isNamespace(ns, limits.MAX_NAMESPACE_BYTES)) return refusal(STATUS.E_INVALID_NAMESPACE)
    const position = this.cookies.open(ns, cookie)
    if (position === undefined) return refusal(STATUS.E_INVALID_COOKIE)
    const now = this.node.clock.now()
    const page = new DiscoverPage(limit, now)
    for (const registration of this.registry.after(ns, position, now)) if (!page.add(registration)) break
    const end = page.isFull ? page.lastPosition : this.registry.end
    const { registrations } = page
    return encodeDiscoverAnswer({ status: STATUS.OK, text: '', registrations, cookie: this.cookies.bake(ns, end) })
  }

  private sweep(): number {
    this.forget(this.registry.expire(this.node.clock.now()))
    return limits.SWEEP_INTERVAL_MS
  }

  private async load(): Promise<void> {
    if (this.isLoaded || this.storage === undefined) return
    const now = this.node.clock.now()
    const stored = await this.storage.load((key, err) => this.log.error('%s is not a registration - %e', key, err))
    for (const registration of stored) {
      const { peer, ns, ttlSeconds, expiresAt } = registration
      if (expiresAt > now && this.registry.check(peer, ns, ttlSeconds) === STATUS.OK) this.registry.add(registration)
      else this.forget([registration])
    }
    this.isLoaded = true
  }

  private forget(registrations: readonly Registration[]): void {
    for (const registration of registrations) {
      this.storage?.delete(registration).catch(err => {
        this.log.error('a registration of %p could not be deleted - %e', registration.peer, err)
      })
    }
  }
}

const REASONS: Readonly<Record<Status, string>> = {
  [STATUS.E_INVALID_NAMESPACE]: `a namespace has 1 to ${limits.MAX_NAMESPACE_BYTES} bytes`,
  [STATUS.E_INVALID_SIGNED_PEER_RECORD]: 'a signed peer record of your own is needed',
  [STATUS.E_INVALID_TTL]: 'the time to live is out of range',
  [STATUS.E_INVALID_COOKIE]: 'the cookie is not of this namespace',
  [STATUS.E_NOT_AUTHORIZED]: 'you are registered in as many namespaces as a peer may be',
  [STATUS.E_INTERNAL_ERROR]: 'the registration could not be stored',
  [STATUS.E_UNAVAILABLE]: 'there is no room'
}

function refusal(status: Status): Uint8Array {
  return encodeDiscoverAnswer({ status, text: REASONS[status] ?? '', registrations: [], cookie: new Uint8Array(0) })
}

function checkedLimits(options: RendezvousServerOptions): RegistryLimits {
  const o: RegistryLimits = {
    maxRegistrations: options.maxRegistrations ?? limits.MAX_REGISTRATIONS,
    maxRegistrationsPerPeer: options.maxRegistrationsPerPeer ?? limits.MAX_REGISTRATIONS_PER_PEER,
    maxRegistrationsPerNamespace: options.maxRegistrationsPerNamespace ?? limits.MAX_REGISTRATIONS_PER_NAMESPACE,
    minTtlSeconds: options.minTtlSeconds ?? limits.MIN_TTL_SECONDS,
    maxTtlSeconds: options.maxTtlSeconds ?? limits.MAX_TTL_SECONDS,
    maxNamespaceBytes: limits.MAX_NAMESPACE_BYTES
  }
  for (const [name, value] of Object.entries(o)) {
    if (!(Number.isSafeInteger(value) && value > 0)) {
      throw new InvalidParametersError(`\`${name}\` must be a positive integer, not ${value}`)
    }
  }
  if (o.minTtlSeconds > o.maxTtlSeconds) throw new InvalidParametersError('`minTtlSeconds` is over `maxTtlSeconds`')
  return o
}

import { Rope } from '@ts-libp2p/bytes'
import type { Undo } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { noLog, takeMessage } from '@ts-libp2p/stream'
import type { CorePort, CoreShell } from '@ts-libp2p/testing/simulation'
import type { Contact } from '../src/contact.ts'
import { Core } from '../src/core.ts'
import { MAX_REFRESHED_PREFIX, REFRESH_MS, REQUEST_TIMEOUT_MS } from '../src/limits.ts'
import { checked, type KadDHTOptions } from '../src/options.ts'
import { nameInBucket } from '../src/prefix-keys.ts'
import type { LookupRun } from '../src/query/lookup-run.ts'
import type { Messenger, Outcome } from '../src/rpc/messenger.ts'
import { decodeMessage, type Frame, type Message, type MessageName } from '../src/wire/message.ts'
import type { Directory } from './directory.ts'
import type { KeptTables } from './kept-tables.ts'

/**
 * What passes between two nodes. A connection takes two round trips, TCP's and that of the handshakes, and brings who the
 * other one is; the first answer comes with the third.
 */
export type Packet =
  | { readonly kind: 'dial' | 'accept' | 'hello' | 'welcome' | 'reset' }
  | { readonly kind: 'ask' | 'answer'; readonly id: number; readonly frame: Frame }
  | { readonly kind: 'tell'; readonly frame: Frame }

/** Bytes beside the frame: TCP, noise and yamux; and those of a handshake. */
const OVERHEAD_BYTES = 80
const HANDSHAKE_BYTES = 300

/** Connections that a node keeps; the one unused longest goes. go-libp2p's low water mark is 160, js-libp2p keeps 300. */
const MAX_CONNECTIONS = 200

interface Job {
  readonly to: number
  readonly frame: Frame
  /** Undefined for what has no answer. */
  readonly done: ((outcome: Outcome) => void) | undefined
  readonly reached: (() => void) | undefined
  isOver: boolean
  /** Of the request on its way. */
  id: number | undefined
}

export interface SimNodeInit {
  readonly port: CorePort<Packet>
  readonly directory: Directory
  readonly options: KadDHTOptions
  /** True while it answers no request. */
  readonly isSilent?: () => boolean
}

/** A DHT node without streams: its real core, whose messages are encoded and decoded as on the wire. */
export class SimNode implements CoreShell<Packet>, Messenger {
  readonly core: Core
  readonly contact: Contact
  protected readonly port: CorePort<Packet>
  protected readonly directory: Directory
  /** Open connections by index, the one unused longest first. */
  private readonly open = new Set<number>()
  /** What waits for a connection. */
  private readonly dialling = new Map<number, Job[]>()
  private readonly asked = new Map<number, Job>()
  private nextId = 0
  private readonly isSilent: () => boolean

  constructor({ port, directory, options, isSilent = () => false }: SimNodeInit) {
    this.isSilent = isSilent
    this.port = port
    this.directory = directory
    this.contact = directory.contact(port.index)
    this.core = new Core({
      options: checked({ protocol: '/sim/kad/1.0.0', ...options }),
      self: () => this.contact,
      messenger: this,
      clock: { now: () => port.now(), after: (ms, fn) => port.after(ms, fn) },
      random: port.random,
      log: noLog,
      connected: () => undefined,
      contacts: directory.contacts
    })
  }

  // ---- what it does --------------------------------------------------------------------------------------------------

  /** Connects to some who are there already, looks itself up, and then into its buckets again and again. */
  join(known: readonly number[]): void {
    for (const index of known) if (index !== this.port.index) this.dial(index, undefined)
    const begin = (): void => {
      this.lookUp('FIND_NODE', peerIdToBytes(this.contact.id), () => this.refresh())
    }
    this.port.after(1000, begin)
    const again = (): void => {
      begin()
      this.port.after(REFRESH_MS, again)
    }
    this.port.after(REFRESH_MS * (0.5 + this.port.random.float()), again)
  }

  /** Comes back with the table of before, and looks itself up. Nobody is connected. */
  comeBack(tables: KeptTables): void {
    const { core, contact: self, directory, port } = this
    tables.fill(self.key, core.k, contact => {
      const groups = directory.groupsOf(contact)
      return core.table.add({ contact, groups, isConnected: false }, port.now()).verdict === 'added'
    })
    port.after(1000 * port.random.float(), () => this.lookUp('FIND_NODE', peerIdToBytes(self.id), () => {}))
  }

  lookUp(message: MessageName, key: Uint8Array, done: (run: LookupRun) => void): LookupRun {
    const run = this.core.lookup(message, key)
    run.start({ onDone: () => done(run) })
    return run
  }

  /** As after a restart that kept the routing table: everybody must be dialled. */
  forgetConnections(): void {
    this.open.clear()
    this.dialling.clear()
  }

  private refresh(bucket = 0): void {
    const last = Math.min(MAX_REFRESHED_PREFIX, this.core.table.lastCrowded)
    if (bucket > last) return
    const name = nameInBucket(this.contact.key, bucket, this.port.random.float())
    this.lookUp('FIND_NODE', name, () => this.refresh(bucket + 1))
  }

  // ---- Messenger -----------------------------------------------------------------------------------------------------

  ask(peer: Contact, frame: Frame, done: (outcome: Outcome) => void, reached?: () => void): Undo {
    return this.enqueue(peer, frame, done, reached)
  }

  tell(peer: Contact, frame: Frame, done: (error?: Error) => void): Undo {
    const undo = this.enqueue(peer, frame, undefined)
    this.port.after(0, () => done())
    return undo
  }

  isConnected(peer: Contact): boolean {
    const index = this.directory.index(peer)
    return index !== undefined && (this.open.has(index) || this.dialling.has(index))
  }

  isAsking(peer: Contact): boolean {
    const index = this.directory.index(peer)
    if (index === undefined) return false
    if ((this.dialling.get(index) ?? []).some(({ isOver }) => !isOver)) return true
    for (const { to } of this.asked.values()) if (to === index) return true
    return false
  }

  stop(): void {}

  private enqueue(peer: Contact, frame: Frame, done: Job['done'], reached?: Job['reached']): Undo {
    const to = this.directory.index(peer)
    if (to === undefined) {
      // Somebody made the peer up: nobody is at its address.
      return () => {}
    }
    const job: Job = { to, frame, done, reached, isOver: false, id: undefined }
    if (this.open.has(to)) this.send(job)
    else this.dial(to, job)
    return () => {
      job.isOver = true
      if (job.id !== undefined) this.asked.delete(job.id)
    }
  }

  private dial(to: number, job: Job | undefined): void {
    const waiting = this.dialling.get(to)
    const jobs = [...(waiting ?? []).filter(({ isOver }) => !isOver), ...(job === undefined ? [] : [job])]
    this.dialling.set(to, jobs)
    if (waiting !== undefined) return
    this.port.send(to, { kind: 'dial' }, HANDSHAKE_BYTES)
    this.port.after(REQUEST_TIMEOUT_MS, () => this.dialling.delete(to))
  }

  private send(job: Job): void {
    if (job.isOver) return
    const { to, frame } = job
    this.use(to)
    const bytes = frame.byteLength + OVERHEAD_BYTES
    if (job.done === undefined) {
      this.port.send(to, { kind: 'tell', frame }, bytes)
      return
    }
    job.id = this.nextId++
    this.asked.set(job.id, job)
    this.port.send(to, { kind: 'ask', id: job.id, frame }, bytes)
  }

  // ---- CoreShell -----------------------------------------------------------------------------------------------------

  receive(from: number, packet: Packet): void {
    switch (packet.kind) {
      case 'dial':
        this.port.send(from, { kind: 'accept' }, HANDSHAKE_BYTES)
        break
      case 'accept':
        this.port.send(from, { kind: 'hello' }, HANDSHAKE_BYTES)
        break
      case 'hello':
        this.port.send(from, { kind: 'welcome' }, HANDSHAKE_BYTES)
        this.connected(from)
        break
      case 'welcome':
        this.connected(from)
        break
      case 'reset':
        this.disconnected(from)
        break
      case 'answer':
        this.onAnswer(packet.id, packet.frame)
        break
      default:
        this.onRequest(from, packet)
    }
  }

  protected connected(index: number): void {
    this.use(index)
    const contact = this.directory.contact(index)
    this.core.meet({ contact, groups: this.directory.groupsOf(contact), isConnected: true })
    const jobs = this.dialling.get(index) ?? []
    this.dialling.delete(index)
    for (const job of jobs) {
      if (!job.isOver) job.reached?.()
      this.send(job)
    }
  }

  /** What was asked over the connection is asked again over another: the peer may be there all the same. */
  private disconnected(index: number): void {
    this.open.delete(index)
    this.core.table.disconnected(this.directory.contact(index))
    for (const [id, job] of this.asked) {
      if (job.to !== index) continue
      this.asked.delete(id)
      this.dial(index, job)
    }
  }

  private use(index: number): void {
    this.open.delete(index)
    this.open.add(index)
    if (this.open.size <= MAX_CONNECTIONS) return
    const [oldest] = this.open
    if (oldest === undefined) return
    this.disconnected(oldest)
    this.port.send(oldest, { kind: 'reset' }, OVERHEAD_BYTES)
  }

  private onRequest(from: number, packet: Extract<Packet, { frame: Frame }>): void {
    // It was restarted, or closed the connection, while the request was on its way.
    if (!this.open.has(from)) {
      this.port.send(from, { kind: 'reset' }, OVERHEAD_BYTES)
      return
    }
    const { id: remotePeer, multiaddrs } = this.directory.contact(from)
    if (this.isSilent()) return
    const answer = this.answer(messageIn(packet.frame), { remotePeer, remoteAddr: multiaddrs[0]! })
    if (packet.kind !== 'ask' || answer === undefined) return
    this.port.send(from, { kind: 'answer', id: packet.id, frame: answer }, answer.byteLength + OVERHEAD_BYTES)
  }

  protected answer(request: Message, from: Parameters<Core['server']['answer']>[1]): Frame | undefined {
    const answer = this.core.server.answer(request, from)
    if (answer instanceof Promise) throw new Error('the simulation has no promises')
    return answer
  }

  private onAnswer(id: number, frame: Frame): void {
    const job = this.asked.get(id)
    this.asked.delete(id)
    if (job !== undefined && !job.isOver) job.done?.({ answer: messageIn(frame) })
  }
}

function messageIn(frame: Frame): Message {
  const input = new Rope()
  input.push(frame)
  return decodeMessage(takeMessage(input, frame.byteLength) as Uint8Array)
}

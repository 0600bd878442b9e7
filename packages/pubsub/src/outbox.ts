import { Fifo } from '@ts-libp2p/stream'
import type { DropReason } from './counters.ts'
import type { MessageId } from './ids.ts'
import {
  FORWARD_TTL_MS,
  IDONTWANT_IDS_PER_RPC,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_IDS,
  MAX_QUEUED_MESSAGES,
  SUBSCRIPTIONS_PER_RPC
} from './limits.ts'
import type { PubsubMessage } from './message.ts'
import type { Kind, RpcParts } from './router.ts'
import type { Extensions, IHave, Partial, Prune, Subscription } from './rpc.ts'
import { encodeGossip, encodeRpcs } from './rpc-encode.ts'

interface Waiting {
  readonly message: PubsubMessage
  readonly kind: Kind
  readonly since: number
}

/** How many of what could not be sent. */
export type OnDrop = (reason: DropReason, count: number, message?: PubsubMessage) => void

/**
 * What waits to be sent to one peer, bounded. What is said about topics goes first and is never dropped, because the
 * other side would be left with a wrong picture; it is the latest word on each topic, so there cannot be more of it than
 * topics. Then our own messages, then others': of those the oldest go when there are too many.
 */
export class Outbox {
  private readonly maxBytes: number
  private readonly onDrop: OnDrop
  private readonly own = new Fifo<Waiting>()
  /** The oldest is first. */
  private readonly others = new Map<MessageId, Waiting>()
  private bytes = 0
  private extensions: Extensions | undefined
  private readonly subscriptions = new Map<string, Subscription>()
  private readonly grafts = new Set<string>()
  private readonly prunes = new Map<string, Prune>()
  private readonly ihave = new Map<string, IHave>()
  private readonly iwant = new Set<MessageId>()
  private readonly idontwant = new Set<MessageId>()
  private readonly partials = new Fifo<Partial>()
  private partialBytes = 0
  private ids = 0
  /** Something but messages and ids waits: asked for with each message, so it is not counted together each time. */
  private hasMoreThanIds = false

  /** `maxBytes`: of one RPC. */
  constructor(maxBytes: number, onDrop: OnDrop) {
    this.maxBytes = maxBytes
    this.onDrop = onDrop
  }

  get queuedMessages(): number {
    return this.own.length + this.others.size
  }

  get queuedBytes(): number {
    return this.bytes
  }

  get isEmpty(): boolean {
    return this.queuedMessages === 0 && !this.hasControl
  }

  /** Gossip that waits already makes room for nothing: it is old news by the next heartbeat. */
  add({ extensions, subscriptions = [], control = {}, partial }: RpcParts): void {
    if (extensions !== undefined) this.extensions = extensions
    const topics = subscriptions.length + (control.graft?.length ?? 0) + (control.prune?.length ?? 0)
    if (topics > 0 || extensions !== undefined || partial !== undefined) this.hasMoreThanIds = true
    for (const each of subscriptions) this.subscriptions.set(each.topic, each)
    for (const topic of control.graft ?? []) {
      this.prunes.delete(topic)
      this.grafts.add(topic)
    }
    for (const each of control.prune ?? []) {
      this.grafts.delete(each.topic)
      this.prunes.set(each.topic, each)
    }
    for (const each of control.ihave ?? []) this.addIHave(each)
    if (control.iwant !== undefined) this.addIds(this.iwant, control.iwant)
    if (control.idontwant !== undefined) this.addIds(this.idontwant, control.idontwant)
    if (partial !== undefined) this.addPartial(partial)
  }

  push(message: PubsubMessage, kind: Kind, now: number): void {
    const waiting: Waiting = { message, kind, since: now }
    if (kind === 'own') this.own.push(waiting)
    else if (this.others.has(message.id)) return
    else this.others.set(message.id, waiting)
    this.bytes += message.frame.byteLength
    while (this.isFull && this.queuedMessages > 1) this.dropOldest()
  }

  /** The peer has these: they are not sent any more, unless they are our own. */
  cancel(ids: readonly MessageId[]): void {
    if (this.others.size === 0) return
    for (const id of ids) if (this.takeOther(id) !== undefined) this.onDrop('unwanted', 1)
  }

  /** Everything but messages, as RPCs. */
  takeControl(): Uint8Array[] {
    if (!this.hasControl) return []
    const gossip = this.onlyGossip()
    if (gossip !== undefined) {
      // Cheaper than `clear`, which makes a new table.
      this.ihave.delete(gossip.topic)
      this.ids = 0
      return this.counted(encodeGossip(gossip, this.maxBytes))
    }
    const frames = this.waitingRpcs().flatMap(parts => this.encode(parts))
    this.clearControl()
    return frames
  }

  /** The next message. */
  takeMessage(now: number): PubsubMessage | undefined {
    for (let entry = this.shift(); entry !== undefined; entry = this.shift()) {
      if (entry.kind === 'own' || now - entry.since <= FORWARD_TTL_MS) return entry.message
      this.onDrop('stale', 1, entry.message)
    }
    return undefined
  }

  /** The peer is gone. */
  clear(): void {
    if (this.queuedMessages > 0) this.onDrop('peer gone', this.queuedMessages)
    this.own.clear()
    this.others.clear()
    this.bytes = 0
    this.partials.clear()
    this.partialBytes = 0
    this.clearControl()
  }

  private get hasControl(): boolean {
    return this.ids > 0 || this.hasMoreThanIds
  }

  /** The IHAVE, where nothing else is to be said, as after most heartbeats. */
  private onlyGossip(): IHave | undefined {
    if (this.ihave.size !== 1 || this.hasMoreThanIds) return undefined
    const [gossip] = this.ihave.values()
    return gossip?.ids.length === this.ids ? gossip : undefined
  }

  private get isFull(): boolean {
    return this.queuedMessages > MAX_QUEUED_MESSAGES || this.bytes > MAX_QUEUED_BYTES
  }

  private shift(): Waiting | undefined {
    return this.shiftOwn() ?? this.shiftOther()
  }

  private dropOldest(): void {
    const entry = this.shiftOther() ?? this.shiftOwn()
    this.onDrop('queue full', 1, entry?.message)
  }

  private shiftOwn(): Waiting | undefined {
    const entry = this.own.shift()
    if (entry !== undefined) this.bytes -= entry.message.frame.byteLength
    return entry
  }

  private shiftOther(): Waiting | undefined {
    if (this.others.size === 0) return undefined
    const [id] = this.others.keys()
    return this.takeOther(id as MessageId)
  }

  private takeOther(id: MessageId): Waiting | undefined {
    const entry = this.others.get(id)
    if (entry === undefined) return undefined
    this.others.delete(id)
    this.bytes -= entry.message.frame.byteLength
    return entry
  }

  /** Extensions go with the first, all else after the topics that it is about. */
  private waitingRpcs(): RpcParts[] {
    const subscriptions = batches([...this.subscriptions.values()], SUBSCRIPTIONS_PER_RPC)
    const [idontwant = [], ...more] = batches([...this.idontwant], IDONTWANT_IDS_PER_RPC)
    const last = {
      subscriptions: subscriptions.pop() ?? [],
      control: {
        graft: [...this.grafts],
        prune: [...this.prunes.values()],
        ihave: [...this.ihave.values()],
        iwant: [...this.iwant],
        idontwant
      }
    }
    const [first = last, ...rest] = [...subscriptions.map(some => ({ subscriptions: some })), last]
    const others = [...rest, ...more.map(ids => ({ control: { idontwant: ids } })), ...this.waitingPartials()]
    return [{ ...first, extensions: this.extensions }, ...others]
  }

  /** An RPC holds one of these only. */
  private *waitingPartials(): Generator<RpcParts> {
    for (let partial = this.shiftPartial(); partial !== undefined; partial = this.shiftPartial()) yield { partial }
  }

  private shiftPartial(): Partial | undefined {
    const partial = this.partials.shift()
    if (partial !== undefined) this.partialBytes -= bytesOf(partial)
    return partial
  }

  /** Left as it is where it can be: peers that are told the same share its bytes. */
  private addIHave(ihave: IHave): void {
    const { topic } = ihave
    const waiting = this.ihave.get(topic)?.ids ?? []
    const ids = waiting.length === 0 ? ihave.ids : [...new Set([...waiting, ...ihave.ids])]
    const most = Math.max(waiting.length, waiting.length + MAX_QUEUED_IDS - this.ids)
    this.ihave.set(topic, ids === ihave.ids && ids.length <= most ? ihave : { topic, ids: ids.slice(0, most) })
    this.ids += Math.min(ids.length, most) - waiting.length
    if (ids.length > most) this.onDrop('gossip queue full', ids.length - most)
  }

  private addIds(target: Set<MessageId>, ids: readonly MessageId[]): void {
    const room = Math.max(0, MAX_QUEUED_IDS - this.ids)
    const before = target.size
    for (const id of ids.slice(0, room)) target.add(id)
    this.ids += target.size - before
    if (ids.length > room) this.onDrop('gossip queue full', ids.length - room)
  }

  /** The oldest make room: news of parts is told again. */
  private addPartial(partial: Partial): void {
    this.partials.push(partial)
    this.partialBytes += bytesOf(partial)
    while (this.partials.length > MAX_QUEUED_MESSAGES || this.partialBytes > MAX_QUEUED_BYTES) {
      if (this.partials.length === 1) return
      this.shiftPartial()
      this.onDrop('queue full', 1)
    }
  }

  private encode(parts: RpcParts): Uint8Array[] {
    return this.counted(encodeRpcs(parts, this.maxBytes))
  }

  private counted({ frames, oversized }: ReturnType<typeof encodeRpcs>): Uint8Array[] {
    if (oversized > 0) this.onDrop('queue full', oversized)
    return [...frames]
  }

  private clearControl(): void {
    this.extensions = undefined
    this.hasMoreThanIds = false
    this.ids = 0
    for (const each of [this.subscriptions, this.grafts, this.prunes, this.ihave, this.iwant, this.idontwant]) {
      // Even where there is nothing to clear, `clear` makes a new table.
      if (each.size > 0) each.clear()
    }
  }
}

function bytesOf({ groupId, message, metadata }: Partial): number {
  return groupId.byteLength + (message?.byteLength ?? 0) + (metadata?.byteLength ?? 0)
}

function batches<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = []
  for (let at = 0; at < items.length; at += size) out.push(items.slice(at, at + size))
  return out
}

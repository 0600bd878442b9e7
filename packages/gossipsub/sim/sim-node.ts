import { readVarint } from '@ts-libp2p/bytes'
import {
  countDrop,
  DECODE_RPC_LIMITS,
  decodeRpc,
  type Effect,
  type Input,
  MAX_MESSAGE_BYTES,
  type PeerKey,
  type PubsubMessage,
  type Rpc
} from '@ts-libp2p/pubsub'
import type { CorePort, CoreShell } from '@ts-libp2p/testing/simulation'
import type { CoreParams } from '../src/core/params.ts'
import { GossipRouter } from '../src/core/router.ts'
import { addressOf, type Names } from './names.ts'
import type { SimMessage } from './sim-message.ts'
import { onWire, Uplink, type Way } from './uplink.ts'

/** What passes between two nodes: a message, whose bytes are only counted, or any other RPC, as on the wire. */
export type Packet = SimMessage | Uint8Array

/** Somebody in the network: a node, or an attacker. */
export interface SimPeer extends CoreShell<Packet> {
  /** Indexes of those that it is connected to. */
  connected(): Iterable<number>
  isConnectedTo(index: number): boolean
  up(index: number, isOutbound: boolean): void
  down(index: number): void
  /** A peer took a large frame of ours. */
  taken(by: number, bytes: number): void
  /** Nothing comes of such an RPC, which is not carried to it then. */
  ignores?(packet: Packet): boolean
}

export interface SimNodeInit {
  readonly port: CorePort<Packet>
  readonly names: Names
  readonly params: CoreParams
  readonly topics: readonly string[]
  readonly bytesPerSecond: (index: number) => number
  /** How long it takes to judge a message. */
  readonly validationMs: number
  /** Tells a peer, over the network, that its frame was taken. */
  readonly acknowledge: (from: number, to: number, bytes: number) => void
  readonly onDelivered: (index: number, message: SimMessage) => void
  readonly isIgnored: (by: number, packet: Packet) => boolean
  /** It lost a connection that it had made. */
  readonly onLost: (index: number) => void
}

interface Link extends Way {
  readonly key: PeerKey
  readonly isOutbound: boolean
  /** Nothing has come from there yet. */
  isFresh: boolean
}

/** A node without streams: the real router and outboxes; RPCs are encoded and decoded as on the wire. */
export class SimNode implements SimPeer {
  readonly router: GossipRouter
  private readonly init: SimNodeInit
  private readonly links = new Map<number, Link>()
  private readonly linksByKey = new Map<PeerKey, Link>()
  private readonly uplink: Uplink
  private readonly downBytesPerSecond: number
  /** Until when the way from the network to us is taken. */
  private busyUntil = 0

  constructor(init: SimNodeInit) {
    const { port, names, params, topics, bytesPerSecond } = init
    this.init = init
    this.downBytesPerSecond = bytesPerSecond(port.index)
    this.router = new GossipRouter({ self: names.of(port.index), params, random: port.random })
    this.uplink = new Uplink(
      {
        bytesPerSecond: this.downBytesPerSecond,
        now: () => port.now(),
        after: (ms, fn) => port.after(ms, fn),
        sendFrame: (to, frame) => {
          if (!init.isIgnored(to, frame)) port.send(to, frame, onWire(frame.byteLength))
        },
        sendMessage: (to, message) => {
          if (!init.isIgnored(to, message as SimMessage)) {
            port.send(to, message as SimMessage, onWire(message.frame.byteLength))
          }
        }
      },
      MAX_MESSAGE_BYTES,
      (reason, count) => countDrop(this.router.counters, reason, count)
    )
    for (const topic of topics) this.handle({ type: 'subscribe', topic })
    const { heartbeatMs, heartbeatDelayMs } = this.router
    port.after(heartbeatDelayMs + port.random.float() * heartbeatMs, this.beat)
  }

  publish(message: SimMessage): void {
    message.deliveredTo(this.init.port.index)
    this.act({ type: 'publish', message, floods: undefined })
  }

  // ---- connections ---------------------------------------------------------------------------------------------------

  connected(): Iterable<number> {
    return this.links.keys()
  }

  isConnectedTo(index: number): boolean {
    return this.links.has(index)
  }

  /** Connections that it made itself. */
  get outboundCount(): number {
    let count = 0
    for (const { isOutbound } of this.links.values()) if (isOutbound) count++
    return count
  }

  up(index: number, isOutbound: boolean): void {
    const key = this.init.names.of(index)
    const link: Link = { to: index, key, isOutbound, isFresh: true, outbox: undefined, inFlight: 0 }
    this.links.set(index, link)
    this.linksByKey.set(key, link)
    this.handle({ type: 'inboundOpened', peer: key })
    const protocol = this.init.params.protocols[0] as string
    this.act({ type: 'peerUp', peer: key, protocol, link: { isOutbound, ips: [addressOf(index)] } })
  }

  down(index: number): void {
    const link = this.links.get(index)
    if (link === undefined) return
    this.links.delete(index)
    this.linksByKey.delete(link.key)
    this.uplink.close(link)
    this.handle({ type: 'inboundClosed', peer: link.key })
    this.act({ type: 'peerDown', peer: link.key })
    if (link.isOutbound) this.init.onLost(this.init.port.index)
  }

  taken(by: number, bytes: number): void {
    const link = this.links.get(by)
    if (link !== undefined) this.uplink.taken(link, bytes)
  }

  // ---- what comes ----------------------------------------------------------------------------------------------------

  /** Its last byte has come to our end of the network. It may have to wait for what came before. */
  receive(from: number, packet: Packet): void {
    const { port, bytesPerSecond } = this.init
    const now = port.now()
    const bytes = onWire(packet instanceof Uint8Array ? packet.byteLength : packet.frame.byteLength)
    const beganAt = now - (bytes / bytesPerSecond(from)) * 1000
    const readAt = Math.max(now, Math.max(this.busyUntil, beganAt) + (bytes / this.downBytesPerSecond) * 1000)
    this.busyUntil = readAt
    if (readAt <= now) this.take(from, packet)
    else port.after(readAt - now, () => this.take(from, packet))
  }

  private take(from: number, packet: Packet): void {
    const link = this.links.get(from)
    if (link === undefined) return
    const { isFresh } = link
    link.isFresh = false
    if (packet instanceof Uint8Array) this.onRpc(link.key, packet, isFresh)
    else this.onMessage(link, packet)
    this.uplink.flush()
  }

  private onMessage({ to, key }: Link, message: SimMessage): void {
    const { router, init } = this
    message.copies++
    if (Uplink.isCounted(message.frame.byteLength)) init.acknowledge(init.port.index, to, message.frame.byteLength)
    const acceptance = router.accepts(key, init.port.now())
    if (acceptance === 'none') countDrop(router.counters, 'graylisted')
    else if (acceptance === 'control') this.handle({ type: 'gated', peer: key, count: 1 })
    else this.handle({ type: 'message', peer: key, message })
  }

  private onRpc(peer: PeerKey, frame: Uint8Array, isFirst: boolean): void {
    const { router, init } = this
    const acceptance = router.accepts(peer, init.port.now())
    const { subscriptions, control, partial } = acceptance === 'none' ? decoded(frame, false) : known(frame)
    if (subscriptions.length > 0) this.handle({ type: 'subscriptions', peer, subscriptions })
    if (acceptance === 'none') countDrop(router.counters, 'graylisted')
    else if (isFirst || control !== undefined) this.handle({ type: 'control', peer, control, partial, isFirst })
  }

  // ---- what is done --------------------------------------------------------------------------------------------------

  private readonly beat = (): void => {
    this.init.port.after(this.router.heartbeatMs, this.beat)
    this.act({ type: 'heartbeat' })
  }

  /** Something that does not come from the network. */
  private act(input: Input): void {
    this.handle(input)
    this.uplink.flush()
  }

  private handle(input: Input): void {
    for (const effect of this.router.handle(input, this.init.port.now())) this.carryOut(effect)
  }

  private carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'forward':
        for (const peer of effect.peers) this.forward(peer, effect.message, effect.kind)
        break
      case 'send': {
        const link = this.linksByKey.get(effect.peer)
        if (link !== undefined) this.uplink.outboxOf(link).add(effect.parts)
        break
      }
      case 'cancel': {
        const link = this.linksByKey.get(effect.peer)
        if (link !== undefined) this.uplink.cancel(link, effect.ids)
        break
      }
      case 'validate':
        this.init.port.after(this.init.validationMs, () =>
          this.act({ ...effect, type: 'validated', verdict: 'accept' })
        )
        break
      case 'deliver':
        this.init.onDelivered(this.init.port.index, effect.message as SimMessage)
        break
    }
  }

  private forward(peer: PeerKey, message: PubsubMessage, kind: 'own' | 'forward' | 'answer'): void {
    const link = this.linksByKey.get(peer)
    if (link !== undefined) this.uplink.outboxOf(link).push(message, kind, this.init.port.now())
  }
}

const rpcs = new WeakMap<Uint8Array, Rpc>()

/** Decoded once for all who are told the same, as it is encoded once. */
function known(frame: Uint8Array): Rpc {
  let rpc = rpcs.get(frame)
  if (rpc === undefined) {
    rpc = decoded(frame)
    rpcs.set(frame, rpc)
  }
  return rpc
}

function decoded(frame: Uint8Array, isTrusted = true): Rpc {
  return decodeRpc(bodyOf(frame), DECODE_RPC_LIMITS, isTrusted)
}

/** An RPC without the length before it. */
export function bodyOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(readVarint(frame, 0, frame.byteLength)?.next ?? 0)
}

import { DECODE_RPC_LIMITS, decodeRpc, type PeerKey, type RpcParts } from '@ts-libp2p/pubsub'
import { Fields } from '../../pubsub/src/fields.ts'
import { encodeRpcs } from '../../pubsub/src/rpc-encode.ts'
import type { SimMessage } from './sim-message.ts'
import { bodyOf, type Packet, type SimNodeInit, type SimPeer } from './sim-node.ts'
import { onWire } from './uplink.ts'

/** What sybils do with messages, which all of them know of each other. */
export interface Plot {
  readonly topic: string
  /** From when on they attack; until then they pass everything on. Milliseconds since the beginning. */
  attackAtMs: number
  /** The share of messages that an attacking sybil does not pass on. */
  readonly dropShare: number
  /** The only author whose messages it does not pass on, where it is one. */
  readonly censored: PeerKey | undefined
}

/** Milliseconds that a sybil waits after a PRUNE before it grafts again: the backoff, and up to so much more. */
const REGRAFT_BACKOFF_MS = 60_000
const REGRAFT_JITTER_MS = 15_000

/**
 * An attacker as the gossipsub evaluation has it: gets into as many meshes as it can, again and again, and swallows
 * messages. It says nothing of what it has and asks for nothing.
 * https://github.com/libp2p/gossipsub-hardening/blob/master/test/badboy.go
 */
export class Sybil implements SimPeer {
  private readonly init: SimNodeInit
  private readonly plot: Plot
  private readonly elapsedMs: () => number
  private readonly peers = new Set<number>()
  private readonly mesh = new Set<number>()
  private readonly hello: Uint8Array
  private readonly graft: Uint8Array

  constructor(init: SimNodeInit, plot: Plot, elapsedMs: () => number) {
    this.init = init
    this.plot = plot
    this.elapsedMs = elapsedMs
    const control = { graft: [plot.topic] }
    this.hello = frameOf({ subscriptions: [{ topic: plot.topic, subscribe: true }], control })
    this.graft = frameOf({ control })
  }

  connected(): Iterable<number> {
    return this.peers
  }

  isConnectedTo(index: number): boolean {
    return this.peers.has(index)
  }

  up(index: number): void {
    this.peers.add(index)
  }

  down(index: number): void {
    this.peers.delete(index)
    this.mesh.delete(index)
  }

  taken(): void {}

  /** Nothing but IHAVEs and the like, copies, and all messages when it swallows all: there are many. */
  ignores(packet: Packet): boolean {
    if (packet instanceof Uint8Array) return isGossip(bodyOf(packet))
    return packet.wasDeliveredTo(this.init.port.index) || this.swallowsAll
  }

  receive(from: number, packet: Packet): void {
    if (packet instanceof Uint8Array) this.onRpc(from, packet)
    else this.onMessage(from, packet)
  }

  private onRpc(from: number, frame: Uint8Array): void {
    const { subscriptions, control } = decodeRpc(bodyOf(frame), DECODE_RPC_LIMITS)
    const { topic } = this.plot
    if (subscriptions.some(subscription => subscription.topic === topic && subscription.subscribe)) {
      this.say(from, this.hello)
      this.mesh.add(from)
    }
    if (control === undefined) return
    if (control.prune.some(prune => prune.topic === topic)) this.onPrune(from)
    if (control.graft.includes(topic)) this.mesh.add(from)
  }

  private onPrune(from: number): void {
    this.mesh.delete(from)
    const { port } = this.init
    port.after(REGRAFT_BACKOFF_MS + port.random.float() * REGRAFT_JITTER_MS, () => {
      if (!this.peers.has(from)) return
      this.say(from, this.graft)
      this.mesh.add(from)
    })
  }

  private onMessage(from: number, message: SimMessage): void {
    const { port, names } = this.init
    if (!message.deliveredTo(port.index) || this.swallows(message)) return
    for (const to of this.mesh) {
      if (to !== from && names.of(to) !== message.author) port.send(to, message, onWire(message.frame.byteLength))
    }
  }

  private swallows({ author }: SimMessage): boolean {
    const { censored, dropShare } = this.plot
    if (!this.isAttacking) return false
    if (censored !== undefined) return author === censored
    return dropShare === 1 || this.init.port.random.chance(dropShare)
  }

  private get swallowsAll(): boolean {
    return this.plot.dropShare === 1 && this.plot.censored === undefined && this.isAttacking
  }

  private get isAttacking(): boolean {
    return this.elapsedMs() >= this.plot.attackAtMs
  }

  private say(to: number, frame: Uint8Array): void {
    this.init.port.send(to, frame, onWire(frame.byteLength))
  }
}

const CONTROL = 3
const GRAFT = 3
const PRUNE = 4

function isGossip(body: Uint8Array): boolean {
  const fields = new Fields(body)
  while (fields.next()) {
    if (fields.number !== CONTROL) return false
    const entries = fields.nested()
    while (entries.next()) if (entries.number === GRAFT || entries.number === PRUNE) return false
  }
  return true
}

function frameOf(parts: RpcParts): Uint8Array {
  return encodeRpcs(parts, 1000).frames[0] as Uint8Array
}

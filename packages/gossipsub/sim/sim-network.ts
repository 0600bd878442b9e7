import { StrictNoSign } from '@ts-libp2p/pubsub'
import { SeededRandom } from '@ts-libp2p/testing'
import {
  type Cores,
  exactly,
  exponential,
  type LinkModel,
  simulateCores,
  wideArea
} from '@ts-libp2p/testing/simulation'
import { checkOptions, type GossipsubOptions } from '../src/options.ts'
import { Names } from './names.ts'
import { SimMessage } from './sim-message.ts'
import { type Packet, SimNode, type SimNodeInit, type SimPeer } from './sim-node.ts'

export interface SimNetworkOptions {
  readonly size: number
  readonly seed: number | string
  readonly topics: readonly string[]
  readonly options?: GossipsubOptions
  /** Default: `wideArea()`, one way between 10 and 100 ms. */
  readonly link?: LinkModel
  /** Both ways. Default: every fifth 1024 Mbit/s, all others 50 Mbit/s, as in the public gossipsub harness. */
  readonly bytesPerSecond?: (index: number) => number
  /** Connections that a node makes; it has about as many again from others. Default 10. */
  readonly dials?: number
  /** Default 5, as in the public gossipsub harness. */
  readonly validationMs?: number
}

/** Round trips of a connection until both sides say their topics: TCP, noise, and the protocols of muxer and stream. */
const HANDSHAKE_ROUND_TRIPS = 3

/** Those who left come back after a minute, with the same id and nothing else: the network keeps its size. */
const ABSENCE_MS = 60_000

const MEGABIT_BYTES = 125_000

/** A network of gossipsub nodes, with bandwidths and latencies. */
export class SimNetwork {
  readonly cores: Cores<Packet, SimPeer>
  readonly random: SeededRandom
  readonly size: number
  readonly names: Names = new Names()
  onDelivered: (index: number, message: SimMessage) => void = () => {}
  private readonly init: Required<SimNetworkOptions>
  private readonly params: SimNodeInit['params']
  /** Makes who is at an index and no node. */
  private readonly others = new Map<number, (init: SimNodeInit) => SimPeer>()
  /** Since when each node has been there; Infinity for those who are not. */
  private readonly since: number[] = []

  constructor(init: SimNetworkOptions) {
    const { size, seed } = init
    this.init = {
      ...{ options: {}, link: wideArea({ seed }), bytesPerSecond: harnessBandwidth, dials: 10, validationMs: 5 },
      ...init
    }
    this.size = size
    this.params = checkOptions({ globalSignaturePolicy: StrictNoSign, ...init.options }).core
    this.random = new SeededRandom(`${seed}/experiment`)
    const { link, bytesPerSecond } = this.init
    this.cores = simulateCores({
      ...{ seed, link, logLines: 1000, uploadBytesPerSecond: bytesPerSecond },
      create: port => this.create(port)
    })
  }

  // ---- who is there --------------------------------------------------------------------------------------------------

  /** All nodes. Nobody is connected yet. */
  start(): void {
    this.cores.add(this.size)
  }

  /** Lets every node make its connections, at a moment of chance. */
  connectAll({ withinMs }: { withinMs: number }): void {
    for (let i = 0; i < this.size; i++) this.cores.after(this.random.float() * withinMs, () => this.dialAll(i))
  }

  /** Adds somebody who is no node, and runs from now on. */
  addOther(make: (init: SimNodeInit) => SimPeer): number {
    this.others.set(this.cores.size, make)
    return this.cores.add()
  }

  /** The node at an index; undefined while it is away. */
  node(index: number): SimNode | undefined {
    const peer = this.cores.shell(index)
    return peer instanceof SimNode ? peer : undefined
  }

  /** Nodes that are there. */
  present(): SimNode[] {
    return Array.from({ length: this.size }, (_, i) => this.node(i)).filter(node => node !== undefined)
  }

  /** Whether it has been there, without a break, from one moment to now. */
  wasThereSince(index: number, ms: number): boolean {
    return (this.since[index] ?? Number.POSITIVE_INFINITY) <= ms
  }

  /** Lets a share of the nodes leave in a minute, each at a moment of chance, and come back. */
  churn(sharePerMinute: number): void {
    const session = exponential(60_000 / sharePerMinute)
    for (let i = 0; i < this.size; i++) this.stay(i, session(this.random), () => session(this.random))
  }

  private stay(index: number, ms: number, session: () => number): void {
    this.cores.after(ms, () => {
      this.leave(index)
      this.cores.after(exactly(ABSENCE_MS)(this.random), () => {
        this.cores.restart(index)
        this.dialAll(index)
        this.stay(index, session(), session)
      })
    })
  }

  /** Its process ends; its peers see their connections reset. */
  private leave(index: number): void {
    const peers = [...(this.cores.shell(index)?.connected() ?? [])]
    this.cores.crash(index)
    this.since[index] = Number.POSITIVE_INFINITY
    for (const peer of peers) {
      this.cores.after(this.latency(index, peer), () => this.cores.shell(peer)?.down(index))
    }
  }

  // ---- connections ---------------------------------------------------------------------------------------------------

  /** Lets one connect to another. */
  dial(from: number, to: number): void {
    const ms = 2 * HANDSHAKE_ROUND_TRIPS * this.latency(from, to)
    this.cores.after(ms, () => {
      const [dialler, listener] = [this.cores.shell(from), this.cores.shell(to)]
      if (dialler === undefined || listener === undefined || dialler.isConnectedTo(to)) return
      dialler.up(to, true)
      listener.up(from, false)
    })
  }

  dialAll(index: number): void {
    for (let i = 0; i < this.init.dials; i++) this.dialSomebody(index)
  }

  private dialSomebody(index: number): void {
    const node = this.node(index)
    if (node === undefined) return
    const to = this.random.int(this.size)
    if (to === index || this.node(to) === undefined || node.isConnectedTo(to)) this.dialSomebody(index)
    else this.dial(index, to)
  }

  // ---- messages ------------------------------------------------------------------------------------------------------

  /** A message of a node, or of one by chance. */
  publish(topic: string, bytes: number, from: number = this.somebody()): SimMessage {
    const message = new SimMessage({
      ...{ topic, bytes, idBytes: this.random.bytes(20), author: this.names.of(from) },
      ...{ publishedAt: this.cores.nowMs, places: this.cores.size }
    })
    this.node(from)?.publish(message)
    return message
  }

  somebody(): number {
    for (;;) {
      const index = this.random.int(this.size)
      if (this.node(index) !== undefined) return index
    }
  }

  // ---- inside --------------------------------------------------------------------------------------------------------

  private latency(from: number, to: number): number {
    return this.init.link(from, to).latencyMs ?? 0
  }

  private create(port: SimNodeInit['port']): SimPeer {
    const { topics, bytesPerSecond, validationMs } = this.init
    this.since[port.index] = this.cores.nowMs
    const init: SimNodeInit = {
      ...{ port, names: this.names, params: this.params, topics, bytesPerSecond, validationMs },
      acknowledge: (from, to, bytes) => {
        this.cores.after(this.latency(from, to), () => this.cores.shell(to)?.taken(from, bytes))
      },
      onDelivered: (index, message) => {
        if (message.deliveredTo(index)) this.onDelivered(index, message)
      },
      isIgnored: (by, packet) => by >= this.size && this.cores.shell(by)?.ignores?.(packet) === true,
      onLost: index => this.dialSomebody(index)
    }
    return this.others.get(port.index)?.(init) ?? new SimNode(init)
  }
}

/** https://github.com/libp2p/test-plans/blob/master/gossipsub-interop/network_graph.py */
function harnessBandwidth(index: number): number {
  return (index % 5 === 0 ? 1024 : 50) * MEGABIT_BYTES
}
